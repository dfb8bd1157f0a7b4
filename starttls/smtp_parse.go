package starttls

import "strings"

// parseSMTPLine takes apart one line of a reply: code, text, and whether it is
// the last line (RFC 5321, Section 4.2.1). A code alone on its line is a last
// line with an empty text.
func parseSMTPLine(line string) (code, text string, last, ok bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' || !digits(line[1:3]) {
		return "", "", false, false
	}
	if len(line) == 3 {
		return line, "", true, true
	}
	switch line[3] {
	case ' ', '\t':
		return line[:3], line[4:], true, true
	case '-':
		return line[:3], line[4:], false, true
	}
	return "", "", false, false
}

// digits reports whether s is one or more decimal digits.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// enhancedCode returns the enhanced status code at the beginning of a text (RFC
// 2034, Section 4), or "".
func enhancedCode(text string) string {
	code, _, _ := strings.Cut(text, " ")
	parts := strings.Split(code, ".")
	if len(parts) != 3 || len(parts[0]) != 1 || !strings.Contains("245", parts[0]) {
		return ""
	}
	for _, p := range parts[1:] {
		if !digits(p) || len(p) > 3 {
			return ""
		}
	}
	return code
}

// parseEHLO returns the capabilities in the lines of a reply to EHLO or LHLO,
// the first of which is the server's name (RFC 5321, Section 4.1.1.1).
func parseEHLO(p Protocol, lines []string) Capabilities {
	c := Capabilities{Protocol: p, Listed: true}
	for _, line := range lines[1:] {
		words := strings.FieldsFunc(line, blank)
		if len(words) > 0 {
			c.add(line, words[0], words[1:])
		}
	}
	return c
}

// blank reports whether r separates words.
func blank(r rune) bool { return r == ' ' || r == '\t' }

// maskedText reports whether a greeting or an error text was overwritten: Cisco's
// inspection turns them into stars, and an EHLO it disallows into XXXX.
func maskedText(text string) bool {
	for _, word := range strings.Fields(text) {
		word = strings.Trim(word, `"'.:;,()`)
		if masked(word) {
			return true
		}
	}
	return false
}
