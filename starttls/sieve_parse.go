package starttls

import "strings"

// sieveWord is a word of a ManageSieve line: an atom, a parenthesis or a string.
type sieveWord struct {
	text   string
	quoted bool // a string, quoted or literal
}

// parseSieveLine splits a line into words (RFC 5804, Section 4). Where it ends in
// a literal, literal is the number of bytes that follow its CRLF, else -1; the
// words go on in the line after them. It is false for an unfinished string.
func parseSieveLine(line string) (words []sieveWord, literal int, ok bool) {
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return words, -1, true
		}
		if line[0] == '{' {
			n, ok := literalSuffix(line)
			return words, n, ok && strings.LastIndexByte(line, '{') == 0
		}
		word, rest, ok := sieveNext(line)
		if !ok {
			return nil, -1, false
		}
		words = append(words, word)
		line = rest
	}
}

// sieveNext returns the first word of a line that is not empty.
func sieveNext(line string) (word sieveWord, rest string, ok bool) {
	switch line[0] {
	case '"':
		text, rest, ok := sieveString(line[1:])
		return sieveWord{text: text, quoted: true}, rest, ok
	case '(', ')':
		return sieveWord{text: line[:1]}, line[1:], true
	}
	end := strings.IndexAny(line, " \t\"()")
	if end < 0 {
		end = len(line)
	}
	return sieveWord{text: line[:end]}, line[end:], true
}

// sieveString returns the string that begins after a quote, up to the next one.
// A backslash takes the character after it literally.
func sieveString(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// sieveStatus returns the reply that ends a response: OK, NO or BYE, a code in
// parentheses, a text (RFC 5804, Section 1.3).
func sieveStatus(words []sieveWord) (Reply, bool) {
	if len(words) == 0 || words[0].quoted {
		return Reply{}, false
	}
	r := Reply{Status: strings.ToUpper(words[0].text)}
	if r.Status != "OK" && r.Status != "NO" && r.Status != "BYE" {
		return Reply{}, false
	}
	words = words[1:]
	if len(words) > 1 && words[0] == (sieveWord{text: "("}) {
		r.Code = strings.ToUpper(words[1].text)
		words = afterCode(words)
	}
	var texts []string
	for _, w := range words {
		texts = append(texts, w.text)
	}
	r.Text = strings.Join(texts, " ")
	return r, true
}

// afterCode returns the words behind the first closing parenthesis.
func afterCode(words []sieveWord) []sieveWord {
	for i, w := range words {
		if w == (sieveWord{text: ")"}) {
			return words[i+1:]
		}
	}
	return nil
}
