package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

func TestUnasked(t *testing.T) {
	const done, closed, late = evidence.EndDone, evidence.EndClosed, evidence.EndTimeout
	for _, c := range []struct {
		name  string
		p     starttls.Protocol
		sent  string
		lines []string
		end   evidence.EndKind
		n     int
		ok    bool
	}{
		{"smtp farewell alone", starttls.SMTP, "STARTTLS\r\nNOOP\r\n", []string{"221-2.0.0", "221 2.0.0 Bye"}, done, 0, true},
		{"smtp both", starttls.SMTP, "STARTTLS\r\nNOOP\r\n", []string{"250 2.0.0 Ok", "221 2.0.0 Bye"}, done, 1, true},
		{"smtp without farewell", starttls.SMTP, "STARTTLS\r\nNOOP\r\n", []string{"250 2.0.0 Ok"}, late, 0, false},
		{"smtp echo", starttls.SMTP, "STARTTLS\r\nNOOP\r\n", []string{"QUIT", "221 Bye"}, done, 0, true},
		{"smtp nothing", starttls.SMTP, "STARTTLS\r\nNOOP\r\n", nil, closed, 0, false},
		{"imap farewell alone", starttls.IMAP, "a2 STARTTLS\r\nix NOOP\r\n", []string{"* BYE", "a9 OK"}, done, 0, true},
		{"imap both", starttls.IMAP, "a2 STARTTLS\r\nix NOOP\r\n", []string{"ix OK", "* BYE", "a9 OK"}, done, 1, true},
		{"imap both, cut", starttls.IMAP, "a2 STARTTLS\r\nix NOOP\r\n", []string{"ix OK"}, late, 1, true},
		{"imap bye alone", starttls.IMAP, "a2 STARTTLS\r\nix NOOP\r\n", []string{"* BYE"}, closed, 0, false},
		{"pop3 farewell alone", starttls.POP3, "STLS\r\nCAPA\r\n", []string{"+OK Logging out"}, closed, 0, true},
		{"pop3 one line, cut", starttls.POP3, "STLS\r\nCAPA\r\n", []string{"+OK"}, late, 0, false},
		{"pop3 both", starttls.POP3, "STLS\r\nCAPA\r\n", []string{"+OK", "UIDL", ".", "+OK"}, closed, 1, true},
		{"pop3 refused", starttls.POP3, "STLS\r\nCAPA\r\n", []string{"-ERR", "+OK"}, closed, 1, true},
		{"sieve farewell alone", starttls.Sieve, "STARTTLS\r\nNOOP \"ix\"\r\n", []string{`"SIEVE"`, "OK", "OK"}, closed, 0, true},
		{"sieve both", starttls.Sieve, "STARTTLS\r\nNOOP \"ix\"\r\n", []string{`"SIEVE"`, "OK", `OK (TAG "ix")`, "OK"}, closed, 1, true},
		{"sieve cut", starttls.Sieve, "STARTTLS\r\nNOOP \"ix\"\r\n", []string{`"SIEVE"`, "OK"}, closed, 0, false},
	} {
		n, ok := unasked(c.p, &evidence.Reaction{Sent: []byte(c.sent), Text: c.lines, End: c.end})
		if n != c.n || ok != c.ok {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, n, ok, c.n, c.ok)
		}
	}
}
