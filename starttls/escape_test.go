package starttls

import (
	"strconv"
	"strings"
	"testing"
)

// printable reports whether every character of s is one that shows.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
}

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "220 mx.example ESMTP", "220 mx.example ESMTP"},
		{"empty", "", ""},
		{"scripts", "grüße 漢字 ελ", "grüße 漢字 ελ"},
		{"colour", "\x1b[31mred", `\x1b[31mred`},
		{"title", "\x1b]0;x\a", `\x1b]0;x\x07`},
		{"C1 control", "\u009b31m", `\u{009b}31m`},
		{"C1 byte", "\x9b31m", `\x9b31m`},
		{"NUL CR LF tab DEL", "\x00\r\n\t\x7f", `\x00\x0d\x0a\x09\x7f`},
		{"invalid UTF-8", "a\xff\xc3(", `a\xff\xc3(`},
		{"replacement character", "\ufffd", "\ufffd"},
		{"backslash", `\x1b`, `\\x1b`},
		{"bidi override", "a\u202eb\u202c", `a\u{202e}b\u{202c}`},
		{"bidi isolate", "\u2066x\u2069", `\u{2066}x\u{2069}`},
		{"zero width", "a\u200bb\ufeff", `a\u{200b}b\u{feff}`},
		{"line separator", "\u2028", `\u{2028}`},
		{"tag characters", "\U000e0041", `\u{e0041}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Escape(tt.in); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	if got := quote("a\x00"); got != `"a\x00"` {
		t.Errorf("quote: %s", got)
	}
	if got := quote(strings.Repeat("x", 1000)); got != `"`+strings.Repeat("x", quoteLimit)+`"...` {
		t.Errorf("a long text: %s", got)
	}
}
