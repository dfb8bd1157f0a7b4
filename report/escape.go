package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how much of one text of a server is shown, in runes: enough for every honest one.
const maxText = 240

// Escape makes text of a server safe for a terminal: what is not a printable character (control and escape characters,
// bidirectional overrides, invisible ones, invalid UTF-8) is written as \n, \x1B or \u202E. Long text is cut.
func Escape(s string) string { return escape(s, unicode.IsPrint) }

// EscapeASCII is Escape for terminals that know nothing but ASCII.
func EscapeASCII(s string) string {
	return escape(s, func(r rune) bool { return ' ' <= r && r <= '~' })
}

func escape(s string, keep func(rune) bool) string {
	var b strings.Builder
	for n := 0; s != ""; n++ {
		if n == maxText {
			fmt.Fprintf(&b, "... (%d bytes more)", len(s))
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02X`, s[0])
		case keep(r):
			b.WriteRune(r)
		default:
			b.WriteString(escapeRune(r))
		}
		s = s[size:]
	}
	return b.String()
}

func escapeRune(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02X`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}
