package starttls

import (
	"fmt"
	"strings"
)

// Protocol is a mail protocol together with the way it gets to TLS. Its text
// is the scheme of a target, as in "smtp://mail.example.org".
type Protocol string

// The protocols. The names that end in s are TLS from the first byte (RFC 8314,
// Section 3).
const (
	SMTP        Protocol = "smtp"        // relay between servers, RFC 5321
	Submission  Protocol = "submission"  // RFC 6409
	Submissions Protocol = "submissions" // RFC 8314, Section 3.3
	LMTP        Protocol = "lmtp"        // RFC 2033
	IMAP        Protocol = "imap"        // RFC 9051
	IMAPS       Protocol = "imaps"       // RFC 8314, Section 3.2
	POP3        Protocol = "pop3"        // RFC 1939
	POP3S       Protocol = "pop3s"       // RFC 8314, Section 3.1
	Sieve       Protocol = "sieve"       // ManageSieve, RFC 5804
)

// Protocols returns every protocol in the order in which they are documented.
func Protocols() []Protocol {
	return []Protocol{SMTP, Submission, Submissions, LMTP, IMAP, IMAPS, POP3, POP3S, Sieve}
}

// ParseProtocol returns the protocol of that name in any case. It also takes
// the old name "smtps" for submissions (RFC 8314, Section 7.3).
func ParseProtocol(name string) (Protocol, error) {
	lower := strings.ToLower(name)
	if lower == "smtps" {
		return Submissions, nil
	}
	for _, p := range Protocols() {
		if string(p) == lower {
			return p, nil
		}
	}
	return "", fmt.Errorf("unknown protocol %q: want one of %s", name, protocolNames())
}

// protocolNames lists what ParseProtocol takes, for its error.
func protocolNames() string {
	var names []string
	for _, p := range Protocols() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// ImplicitTLS reports whether the service is TLS from the first byte, so that
// [Open] and not [Start] is the call for it.
func (p Protocol) ImplicitTLS() bool {
	return p == Submissions || p == IMAPS || p == POP3S
}

// DefaultPort returns the port IANA registered for the protocol (24 for LMTP,
// which has none of its own but is commonly found on the private mail port),
// or 0 for an unknown protocol.
func (p Protocol) DefaultPort() int {
	switch p {
	case SMTP:
		return 25
	case Submission:
		return 587
	case Submissions:
		return 465
	case LMTP:
		return 24
	case IMAP:
		return 143
	case IMAPS:
		return 993
	case POP3:
		return 110
	case POP3S:
		return 995
	case Sieve:
		return 4190
	}
	return 0
}

// MarshalText returns the name.
func (p Protocol) MarshalText() ([]byte, error) { return []byte(p), nil }

// UnmarshalText takes what [ParseProtocol] takes, and an empty text as "no
// protocol".
func (p *Protocol) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = ""
		return nil
	}
	parsed, err := ParseProtocol(string(text))
	if err != nil {
		return fmt.Errorf("reading a protocol: %w", err)
	}
	*p = parsed
	return nil
}
