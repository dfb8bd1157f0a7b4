package starttls

import (
	"context"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
)

func askFirst(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	opt.BeforeTLS = AskFirst
	return Start(ctx, conn, p, opt)
}

func askInstead(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	opt.BeforeTLS = AskInstead
	return Start(ctx, conn, p, opt)
}

func listedLOGIN(o *Options) {
	o.SkipCapabilities, o.Listed = true, &Capabilities{Protocol: POP3, Listed: true, STARTTLS: true, AuthMechanisms: []string{"LOGIN"}}
}

func listedUSER(o *Options) {
	o.SkipCapabilities, o.Listed = true, &Capabilities{Protocol: POP3, Listed: true, STARTTLS: true, Names: []string{"USER"}}
}

// heard wants these verdicts on MAIL FROM and on authentication.
func heard(mail, auth Verdict) func(*testing.T, *Result) {
	return func(t *testing.T, res *Result) {
		if res.Asked.Mail.Verdict != mail || res.Asked.Auth.Verdict != auth {
			t.Errorf("asked: %+v, want mail %q and auth %q", res.Asked, mail, auth)
		}
		if res.Asked.Err != nil {
			t.Errorf("error %v", res.Asked.Err)
		}
	}
}

// offers is a submission server up to its capabilities.
const offers = `
	S: 220 mx
	C: EHLO scan.example
	S: 250-mx
	S: 250 STARTTLS
`

func TestSMTPBeforeTLS(t *testing.T) {
	testScripts(t, []scripted{
		{name: "Postfix insists", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, status: "220", check: heard(Forbidden, Forbidden), script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250-PIPELINING
			S: 250 STARTTLS
			C: MAIL FROM:<>
			C: RSET
			C: AUTH PLAIN
			S: 530 5.7.0 Must issue a STARTTLS command first
			S: 250 2.0.0 Ok
			S: 530 5.7.0 Must issue a STARTTLS command first
			C: STARTTLS
			S: 220 go`},
		{name: "all is taken", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard(Accepted, Accepted), script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250-PIPELINING
			S: 250-AUTH LOGIN PLAIN
			S: 250 STARTTLS
			C: MAIL FROM:<>
			C: RSET
			C: AUTH PLAIN
			S: 250 2.1.0 Ok
			S: 250 2.0.0 Ok
			S: 334
			C: *
			S: 501 5.7.0 Authentication aborted
			C: STARTTLS
			S: 220 go`},
		{name: "one by one", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard(Accepted, Accepted), script: offers + `
			C: MAIL FROM:<>
			S: 250 ok
			C: RSET
			S: 250 ok
			C: AUTH PLAIN
			S: 334 VXNlcm5hbWU6
			C: *
			S: 501 ok
			C: STARTTLS
			S: 220 go`},
		{name: "nothing to take back", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard(Forbidden, Forbidden), script: offers + `
			C: MAIL FROM:<>
			S: 550-5.7.1 This server takes mail
			S: 550 5.7.1 over TLS only
			C: AUTH PLAIN
			S: 503 5.5.1 Error: authentication not enabled
			C: STARTTLS
			S: 220 go`},
		{name: "other reasons", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard(Unclear, Unclear), script: offers + `
			C: MAIL FROM:<>
			S: 501 5.1.7 Bad sender address syntax
			C: AUTH PLAIN
			S: 454 4.7.0 Temporary authentication failure
			C: STARTTLS
			S: 220 go`},
		{name: "not now", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard(Unclear, Unclear), script: offers + `
			C: MAIL FROM:<>
			S: 451 4.7.1 try again later
			C: AUTH PLAIN
			S: 501 5.5.4 Syntax
			C: STARTTLS
			S: 220 go`},
		{name: "LOGIN alone", p: Submission, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard(Forbidden, Accepted), script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250-AUTH NTLM LOGIN
			S: 250 STARTTLS
			C: MAIL FROM:<>
			S: 530 5.7.57 Client not authenticated to send mail
			C: AUTH LOGIN
			S: 334 VXNlcm5hbWU6
			C: *
			S: 501 no
			C: STARTTLS
			S: 220 go`},
		{name: "a relay without AUTH is not asked", p: SMTP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", ""), script: offers + `
			C: STARTTLS
			S: 220 go`},
		{name: "a relay with AUTH", p: SMTP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Forbidden), script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250-AUTH PLAIN
			S: 250 STARTTLS
			C: AUTH PLAIN
			S: 538 5.7.0 Encryption required
			C: STARTTLS
			S: 220 go`},
		{name: "not instead of TLS", p: Submission, call: askInstead, outcome: Ready, step: StepSTARTTLS, check: heard("", ""), script: offers + `
			C: STARTTLS
			S: 220 go`},
		{name: "no STARTTLS", p: Submission, call: askInstead, outcome: NotOffered, step: StepCapabilities, status: "250", check: heard(Accepted, Forbidden), script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250 mx
			C: MAIL FROM:<>
			S: 250 ok
			C: RSET
			S: 250 ok
			C: AUTH PLAIN
			S: 500 what`},
		{name: "no STARTTLS after all", p: Submission, call: askFirst, outcome: NotOffered, step: StepCapabilities, check: heard(Forbidden, Forbidden), script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250 mx
			C: MAIL FROM:<>
			S: 530 Authentication required
			C: AUTH PLAIN
			S: 500 what`},
		{name: "STARTTLS refused", p: Submission, call: askInstead, outcome: TemporarilyRefused, step: StepSTARTTLS, status: "454", check: heard(Forbidden, Forbidden), script: offers + `
			C: STARTTLS
			S: 454 TLS not available
			C: MAIL FROM:<>
			S: 530 STARTTLS first
			C: AUTH PLAIN
			S: 530 STARTTLS first`},
		{name: "asked once", p: Submission, call: askFirst, outcome: Refused, step: StepSTARTTLS, status: "554", check: heard(Forbidden, Forbidden), script: offers + `
			C: MAIL FROM:<>
			S: 530 STARTTLS first
			C: AUTH PLAIN
			S: 530 STARTTLS first
			C: STARTTLS
			S: 554 no`},
		{name: "gone after 421", p: Submission, call: askInstead, outcome: TemporarilyRefused, step: StepSTARTTLS, check: heard("", ""), script: offers + `
			C: STARTTLS
			S: 421 goodbye
			close`},
	})
}

func TestUsersBeforeTLS(t *testing.T) {
	testScripts(t, []scripted{
		{name: "imap refuses", p: IMAP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Forbidden), script: `
			S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi
			C: a4 AUTHENTICATE PLAIN
			S: a4 NO [PRIVACYREQUIRED] no
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "imap prompts", p: IMAP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Accepted), script: `
			S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hi
			C: a4 AUTHENTICATE PLAIN
			S: * OK news
			S: +
			C: *
			S: + again
			S: a4 BAD cancelled
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "imap, LOGIN alone", p: IMAP, call: askInstead, outcome: NotOffered, step: StepCapabilities, check: heard("", Accepted), script: `
			S: * OK hi
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1 AUTH=LOGIN
			S: a1 OK
			C: a4 AUTHENTICATE LOGIN
			S: + VXNlciBOYW1lAA==
			C: *
			S: a4 BAD`},
		{name: "imap cannot now", p: IMAP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Unclear), script: `
			S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi
			C: a4 AUTHENTICATE PLAIN
			S: a4 NO [UNAVAILABLE] later
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "imap says OK", p: IMAP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Unclear), script: `
			S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi
			C: a4 AUTHENTICATE PLAIN
			S: a4 OK what for?
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "imap is open already", p: IMAP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", ""), script: `
			S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "pop3 refuses", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Forbidden), script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: STLS
			S: .
			C: AUTH PLAIN
			S: -ERR no
			C: STLS
			S: +OK`},
		{name: "imap takes LOGIN", p: IMAP, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Unclear), script: `
			S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=NTLM] hi
			C: a4 AUTHENTICATE PLAIN
			S: a4 NO unsupported mechanism
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "pop3 takes USER", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Unclear), script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: USER
			S: STLS
			S: .
			C: AUTH PLAIN
			S: -ERR ssl1.example.org: unknown command
			C: STLS
			S: +OK`},
		{name: "pop3 has USER and does not take it", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Forbidden), script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: USER
			S: STLS
			S: .
			C: AUTH PLAIN
			S: -ERR [AUTH] only with SSL/TLS
			C: STLS
			S: +OK`},
		{name: "pop3 without a list", p: POP3, call: askInstead, outcome: Refused, step: StepSTARTTLS, status: "-ERR", opt: skipCapabilities, check: heard("", Unclear), script: `
			S: +OK hi
			C: STLS
			S: -ERR no
			C: AUTH PLAIN
			S: -ERR no`},
		{name: "pop3, LOGIN alone, with a list though it could be skipped", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, opt: skipCapabilities, check: heard("", Accepted), script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: SASL LOGIN
			S: STLS
			S: .
			C: AUTH LOGIN
			S: + VXNlcm5hbWU6
			C: *
			S: -ERR cancelled
			C: STLS
			S: +OK`},
		{name: "pop3, LOGIN alone, as listed before", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, opt: listedLOGIN, check: heard("", Accepted), script: `
			S: +OK
			C: AUTH LOGIN
			S: + VXNlcm5hbWU6
			C: *
			S: -ERR aborted
			C: STLS
			S: +OK`},
		{name: "pop3 refuses, and takes USER, as listed before", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, opt: listedUSER, check: heard("", Unclear), script: `
			S: +OK
			C: AUTH PLAIN
			S: -ERR no
			C: STLS
			S: +OK`},
		{name: "pop3 prompts", p: POP3, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Accepted), script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: STLS
			S: .
			C: AUTH PLAIN
			S: +
			C: *
			S: -ERR cancelled
			C: STLS
			S: +OK`},
		{name: "pop3 cannot now", p: POP3, call: askInstead, outcome: Refused, step: StepSTARTTLS, status: "-ERR", check: heard("", Unclear), script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: STLS
			S: .
			C: STLS
			S: -ERR no
			C: AUTH PLAIN
			S: -ERR [SYS/TEMP] later`},
		{name: "sieve refuses", p: Sieve, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Forbidden), script: `
			S: "STARTTLS"
			S: OK
			C: AUTHENTICATE "PLAIN"
			S: NO (ENCRYPT-NEEDED) "no"
			C: STARTTLS
			S: OK`},
		{name: "sieve prompts", p: Sieve, call: askFirst, outcome: Ready, step: StepSTARTTLS, check: heard("", Accepted), script: `
			S: "STARTTLS"
			S: OK
			C: AUTHENTICATE "PLAIN"
			s: {0}\r\n\r\n
			C: "*"
			S: NO "cancelled"
			C: STARTTLS
			S: OK`},
		{name: "sieve prompts by a string", p: Sieve, call: askInstead, outcome: NotOffered, step: StepGreeting, status: "OK", check: heard("", Accepted), script: `
			S: "SASL" "PLAIN"
			S: OK
			C: AUTHENTICATE "PLAIN"
			S: ""
			C: "*"
			S: NO`},
	})
}

// TestLostBeforeTLS wants what was answered, and the outcome that was reached, to outlive the connection.
func TestLostBeforeTLS(t *testing.T) {
	const pop3 = "+OK\r\n+OK\r\nSTLS\r\n.\r\n"
	tests := []struct {
		name, says string
		p          Protocol
		call       call
		outcome    Outcome
		step       Step
		mail, auth Verdict
	}{
		{"at once", "220 mx\r\n250-mx\r\n250 STARTTLS\r\n", Submission, askFirst, Closed, StepBeforeTLS, "", ""},
		{"half-way", "220 mx\r\n250-mx\r\n250 STARTTLS\r\n250 ok\r\n250 ok\r\n", Submission, askFirst, Closed, StepBeforeTLS, Accepted, ""},
		{"when cancelled", pop3 + "+ \r\n", POP3, askFirst, Closed, StepBeforeTLS, "", Accepted},
		{"after the answer", pop3 + "-ERR no\r\n", POP3, askFirst, Closed, StepSTARTTLS, "", Forbidden},
		{"instead", "220 mx\r\n250 mx\r\n", Submission, askInstead, NotOffered, StepCapabilities, "", ""},
		{"BYE", "* OK [CAPABILITY STARTTLS]\r\n* BYE\r\n", IMAP, askFirst, Closed, StepBeforeTLS, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{1, 1000} {
				res := tt.call(t.Context(), &replay{says: tt.says, piece: piece, err: io.EOF}, tt.p, testOptions)
				if res.Outcome != tt.outcome || res.Step != tt.step || res.Asked.Mail.Verdict != tt.mail || res.Asked.Auth.Verdict != tt.auth {
					t.Errorf("outcome %s at %s (%v), asked %+v", res.Outcome, res.Step, res.Err, res.Asked)
				}
				if (res.Asked.Err == nil) != (tt.name == "after the answer") {
					t.Errorf("error %v", res.Asked.Err)
				}
			}
		})
	}
}

// TestNoSecrets wants nothing said that names anybody or holds a password, whatever the server prompts for.
func TestNoSecrets(t *testing.T) {
	harmless := regexp.MustCompile(`^(EHLO scan\.example|LHLO scan\.example|CAPA|a1 CAPABILITY|MAIL FROM:<>|RSET|AUTH PLAIN|AUTH LOGIN|` +
		`a4 AUTHENTICATE (PLAIN|LOGIN)|AUTHENTICATE "(PLAIN|LOGIN)"|"?\*"?|STARTTLS|a2 STARTTLS|STLS)$`)
	prompt := strings.Repeat("334 user?\r\n", 9) + strings.Repeat("+ pass?\r\n", 9) + "\"\"\r\n\"\"\r\n"
	for _, says := range []string{
		"220 mx\r\n250-mx\r\n250-AUTH LOGIN\r\n250 STARTTLS\r\n250\r\n250\r\n" + prompt, "* OK [CAPABILITY AUTH=LOGIN STARTTLS]\r\n+ \r\n+ \r\na4 NO\r\n",
		"+OK\r\n+OK\r\nSASL LOGIN\r\nSTLS\r\n.\r\n+ user\r\n+ \r\n", "\"SASL\" \"LOGIN\"\r\n\"STARTTLS\"\r\nOK\r\n\"\"\r\n\"\"\r\n",
	} {
		for _, p := range []Protocol{SMTP, Submission, LMTP, IMAP, POP3, Sieve} {
			res := askFirst(t.Context(), &replay{says: says, piece: 1, err: io.EOF}, p, testOptions)
			for _, l := range res.Dialogue.Lines {
				if l.From == Client && !harmless.MatchString(l.Text) {
					t.Errorf("%s said %q", p, l.Text)
				}
			}
		}
	}
}
