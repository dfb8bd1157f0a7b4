package starttls

import "testing"

// What is to go behind STARTTLS is sent before the go-ahead has come, and what comes back in the clear is kept.
func TestBehind(t *testing.T) {
	for name, c := range map[string]struct {
		p              Protocol
		behind, script string
		early          string
	}{
		"smtp": {SMTP, "NOOP", `
			S: 220 mx
			C: EHLO mail.example.org
			S: 250-mx
			S: 250 STARTTLS
			C: STARTTLS
			C: NOOP
			S: 220 go`, ""},
		"answered": {SMTP, "NOOP", `
			S: 220 mx
			C: EHLO mail.example.org
			S: 250-mx
			S: 250 STARTTLS
			C: STARTTLS
			C: NOOP
			S: 220 go
			S: 250 ok`, "250 ok\r\n"},
		"imap": {IMAP, "x NOOP", `
			S: * OK [CAPABILITY STARTTLS]
			C: a2 STARTTLS
			C: x NOOP
			S: a2 OK`, ""},
		"pop3": {POP3, "CAPA", `
			S: +OK
			C: CAPA
			S: +OK
			S: STLS
			S: .
			C: STLS
			C: CAPA
			S: +OK`, ""},
		"sieve": {Sieve, `NOOP "x"`, `
			S: "STARTTLS"
			S: OK
			C: STARTTLS
			C: NOOP "x"
			S: OK`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := Start(t.Context(), play(t, c.script, whole), c.p, Options{Helo: "mail.example.org", Behind: c.behind})
			if res.Outcome != Ready || string(res.Early) != c.early {
				t.Errorf("%s: %v; early %q", res.Outcome, res.Err, res.Early)
			}
		})
	}
}
