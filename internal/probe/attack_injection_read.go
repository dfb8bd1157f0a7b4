package probe

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// lastReply reports whether a line can only be the end of the answer to a farewell. POP3 and ManageSieve close behind it.
func lastReply(p starttls.Protocol, line string) bool {
	switch p {
	case starttls.IMAP:
		return strings.HasPrefix(line, farewellTag+" ")
	case starttls.POP3, starttls.Sieve:
		return false
	}
	return strings.HasPrefix(line, "221") && !strings.HasPrefix(line, "221-")
}

// unasked counts the replies inside TLS beside that to the farewell; false if that has not come.
func unasked(p starttls.Protocol, r *evidence.Reaction) (n int, ok bool) {
	_, behind, _ := strings.Cut(string(r.Sent), "\r\n")
	closed := r.End == evidence.EndClosed || r.End == evidence.EndDone
	statuses, list, answered := 0, false, false
	for _, line := range r.Text {
		word, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch p {
		case starttls.IMAP:
			if tag, _, _ := strings.Cut(behind, " "); behind != "" && strings.HasPrefix(line, tag+" ") {
				n++
			}
			answered = answered || strings.HasPrefix(line, farewellTag+" ")
		case starttls.POP3:
			if word == "+OK" || word == "-ERR" {
				statuses++
			}
			list = list || line == "."
		case starttls.Sieve: // which lists its capabilities unasked once TLS stands (RFC 5804, Section 2.2)
			if word == "OK" || word == "NO" || word == "BYE" {
				statuses++
			}
			list = list || strings.HasPrefix(line, `"`)
		default:
			if len(line) >= 3 && (len(line) == 3 || line[3] == ' ') {
				statuses++
			}
			answered = answered || word == "221" || strings.HasPrefix(word, "221-")
		}
	}
	switch p {
	case starttls.IMAP:
		return n, answered || n > 0
	case starttls.POP3: // a list is the reply to CAPA
		n = max(0, statuses-1)
		if list {
			n = max(n, 1)
		}
		return n, n > 0 || statuses == 1 && closed
	case starttls.Sieve:
		if list {
			statuses--
		}
		n = max(0, statuses-1)
		return n, n > 0 || statuses == 1 && closed
	}
	n = max(0, statuses-1)
	return n, answered
}

// comesBack reports whether a line from inside TLS holds the tag of the command behind STARTTLS, which nobody can guess: so it was
// answered. SMTP, LMTP and POP3 have no tags.
func comesBack(p starttls.Protocol, r *evidence.Reaction) bool {
	_, behind, _ := strings.Cut(string(r.Sent), "\r\n")
	var tag string
	switch p {
	case starttls.IMAP:
		tag, _, _ = strings.Cut(behind, " ")
	case starttls.Sieve: // RFC 5804, Section 2.13
		_, tag, _ = strings.Cut(behind, `"`)
		tag, _, _ = strings.Cut(tag, `"`)
	}
	return tag != "" && slices.ContainsFunc(r.Text, func(line string) bool { return strings.Contains(line, tag) })
}
