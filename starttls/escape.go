package starttls

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Escape returns s with everything made visible that could act on a terminal or
// deceive a reader: control bytes (the ESC of an ANSI sequence, NUL, CR, LF),
// bytes that are not UTF-8, invisible and bidirectional characters. Such a byte
// becomes \xNN, such a character \u{NNNN}; a backslash is doubled, so that the
// result tells "\x1b" from an escape. Printable text of any script is left alone.
func Escape(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(escapeRune(r, s[i:i+size]))
		i += size
	}
	return b.String()
}

// plain reports whether s is printable ASCII without a backslash.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			return false
		}
	}
	return true
}

// escapeRune returns the visible form of r, whose bytes are raw.
func escapeRune(r rune, raw string) string {
	switch {
	case r == '\\':
		return `\\`
	case r == utf8.RuneError && len(raw) == 1, r < utf8.RuneSelf && !strconv.IsPrint(r):
		return fmt.Sprintf(`\x%02x`, raw[0])
	case !strconv.IsPrint(r):
		return fmt.Sprintf(`\u{%04x}`, r)
	}
	return raw
}

// quoteLimit is how much of a server's line an error message repeats: enough to
// recognise it; the transcript has the rest.
const quoteLimit = 120

// quote returns the beginning of s, escaped, for an error message.
func quote(s string) string {
	if len(s) > quoteLimit {
		return `"` + Escape(s[:quoteLimit]) + `"...`
	}
	return `"` + Escape(s) + `"`
}
