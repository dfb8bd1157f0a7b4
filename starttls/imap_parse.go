package starttls

import "strings"

// imapLine is a line from the server, taken apart.
type imapLine struct {
	tag    string // "*", "+" or a tag
	status string // the first word, in capitals: OK, NO, BAD, BYE, CAPABILITY …
	code   string // the word in brackets, in capitals
	args   string // what follows it in the brackets
	text   string // the rest
}

// parseIMAPLine takes a line apart. Any line yields something: whether it makes
// sense where it stands is for the caller to say.
func parseIMAPLine(line string) imapLine {
	tag, rest, _ := strings.Cut(line, " ")
	status, text, _ := strings.Cut(rest, " ")
	l := imapLine{tag: tag, status: strings.ToUpper(status), text: text}
	if l.status != "CAPABILITY" {
		l.code, l.args, l.text = bracketed(text)
	}
	return l
}

// bracketed splits "[CODE args] text".
func bracketed(s string) (code, args, text string) {
	inside, text, ok := strings.Cut(s, "]")
	if !ok || !strings.HasPrefix(inside, "[") {
		return "", "", s
	}
	code, args, _ = strings.Cut(inside[1:], " ")
	return strings.ToUpper(code), args, strings.TrimPrefix(text, " ")
}

// tagged reports whether the line may be the reply to a command.
func (l imapLine) tagged() bool {
	return l.status == "OK" || l.status == "NO" || l.status == "BAD"
}

// reply returns what decides.
func (l imapLine) reply() Reply {
	return Reply{Status: l.status, Code: l.code, Text: l.text}
}

// capabilities returns the words of a capability list, in a response of its own
// or in the code of another (RFC 9051, Sections 7.1 and 7.2.2).
func (l imapLine) capabilities() ([]string, bool) {
	switch {
	case l.status == "CAPABILITY":
		return strings.FieldsFunc(l.text, blank), true
	case l.code == "CAPABILITY" && (l.status == "OK" || l.status == "PREAUTH"):
		return strings.FieldsFunc(l.args, blank), true
	}
	return nil, false
}
