package starttls

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

const postfix = `
	S: 220 mx.example ESMTP Postfix
	C: EHLO scan.example
	S: 250-mx.example
	S: 250-PIPELINING
	S: 250-SIZE 10240000
	S: 250-STARTTLS
	S: 250-AUTH PLAIN LOGIN
	S: 250-AUTH=PLAIN LOGIN
	S: 250-ENHANCEDSTATUSCODES
	S: 250-8BITMIME
	S: 250-SMTPUTF8
	S: 250-REQUIRETLS
	S: 250 CHUNKING
	C: STARTTLS
	S: 220 2.0.0 Ready to start TLS
`

func TestSMTPReady(t *testing.T) {
	testScripts(t, []scripted{
		{name: "postfix", p: SMTP, script: postfix, outcome: Ready, step: StepSTARTTLS, status: "220", check: checkPostfix},
		{name: "submission", p: Submission, script: postfix, outcome: Ready, step: StepSTARTTLS},
		{name: "skip is no matter", p: SMTP, script: postfix, opt: skipCapabilities, outcome: Ready, step: StepSTARTTLS},
		{name: "lmtp", p: LMTP, outcome: Ready, step: StepSTARTTLS, script: `
			S: 220 mx LMTP
			C: LHLO scan.example
			S: 250-mx
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go`},
		{name: "odd case, odd spaces, bare LF", p: SMTP, outcome: Ready, step: StepSTARTTLS, script: `
			s: 220 mx\n
			C: EHLO scan.example
			s: 250-mx\n250-  StartTLS \t\n250 SIZE\n
			C: STARTTLS
			s: 220\n`},
		{name: "go ahead in lines", p: SMTP, outcome: Ready, step: StepSTARTTLS, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250 STARTTLS
			C: STARTTLS
			S: 220-go
			S: 220 ahead`},
	})
}

func checkPostfix(t *testing.T, res *Result) {
	c := res.Before
	want := []string{"PIPELINING", "SIZE", "STARTTLS", "AUTH", "AUTH=PLAIN", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "REQUIRETLS", "CHUNKING"}
	if !slices.Equal(c.Names, want) {
		t.Errorf("names %q, want %q", c.Names, want)
	}
	if !c.Listed || !c.STARTTLS || !c.Pipelining || !c.EnhancedStatusCodes || !c.SMTPUTF8 || !c.RequireTLS || !c.Chunking || c.Masked {
		t.Errorf("capabilities %+v", c)
	}
	if c.Size != 10240000 || !slices.Equal(c.AuthMechanisms, []string{"PLAIN", "LOGIN"}) {
		t.Errorf("size %d, mechanisms %q", c.Size, c.AuthMechanisms)
	}
	if res.Reply != (Reply{Status: "220", Code: "2.0.0", Text: "2.0.0 Ready to start TLS"}) {
		t.Errorf("reply %+v", res.Reply)
	}
	if res.Greeting != "220 mx.example ESMTP Postfix" || len(res.Early) != 0 {
		t.Errorf("greeting %q, early %q", res.Greeting, res.Early)
	}
	got := strings.ReplaceAll(strings.TrimSpace(postfix), "\n\t", "\n") + "\n"
	if transcript(res.Dialogue) != got {
		t.Errorf("transcript:\n%s", transcript(res.Dialogue))
	}
}

func TestSMTPNoSTARTTLS(t *testing.T) {
	testScripts(t, []scripted{
		{name: "not offered", p: SMTP, outcome: NotOffered, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250 SIZE 1`},
		{name: "no extension at all", p: SMTP, outcome: NotOffered, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250 mx STARTTLS`},
		{name: "masked", p: SMTP, outcome: Masked, step: StepCapabilities, script: `
			S: 220 ************************
			C: EHLO scan.example
			S: 250-mx
			S: 250-SIZE 1
			S: 250 XXXXXXXA`},
		{name: "masked with four", p: SMTP, outcome: Masked, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250 XXXX`},
		{name: "EHLO masked", p: SMTP, outcome: Masked, step: StepCapabilities, script: `
			S: 220 *****************************************
			C: EHLO scan.example
			S: 500 5.3.3 Unrecognized command 'XXXX'
			C: HELO scan.example
			S: 250 mx`},
		{name: "EHLO masked, starred greeting only", p: SMTP, outcome: Masked, step: StepCapabilities, script: `
			S: 220 *****************************************
			C: EHLO scan.example
			S: 500 what?
			C: HELO scan.example
			S: 250 mx`},
		{name: "EHLO masked, error text only", p: SMTP, outcome: Masked, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 502 5.5.1 XXXX: command not implemented
			C: HELO scan.example
			S: 250 mx`},
		{name: "EHLO unknown", p: SMTP, outcome: NotOffered, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 502 what?
			C: HELO scan.example
			S: 250 mx`, check: func(t *testing.T, res *Result) {
			if res.Before.Listed {
				t.Error("HELO lists nothing")
			}
		}},
		{name: "EHLO disliked", p: SMTP, outcome: Unlisted, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 501 syntax error
			C: HELO scan.example
			S: 250 mx`},
		{name: "neither EHLO nor HELO", p: SMTP, outcome: NotThisProtocol, step: StepCapabilities, script: `
			S: 220 ftp.example
			C: EHLO scan.example
			S: 500 unknown
			C: HELO scan.example
			S: 502 unknown`},
		{name: "HELO refused", p: SMTP, outcome: Rejected, step: StepCapabilities, status: "550", script: `
			S: 220 mx
			C: EHLO scan.example
			S: 501 bad name
			C: HELO scan.example
			S: 550 bad name`},
		{name: "LMTP on SMTP", p: LMTP, outcome: NotThisProtocol, step: StepCapabilities, script: `
			S: 220 mx
			C: LHLO scan.example
			S: 500 5.5.2 Error: command not recognized`},
	})
}

func TestSMTPRefusals(t *testing.T) {
	const toEHLO = "S: 220 mx\nC: EHLO scan.example\n"
	const toSTARTTLS = toEHLO + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\n"
	tests := []scripted{
		{name: "greeting 421", script: "S: 421 4.7.0 busy", outcome: TemporarilyRefused, step: StepGreeting, status: "421"},
		{name: "greeting 450", script: "S: 450 later", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting 554", script: "S: 554 5.7.1 blocked using a list", outcome: Rejected, step: StepGreeting, status: "554"},
		{name: "greeting 521", script: "S: 521 no mail here", outcome: Rejected, step: StepGreeting},
		{name: "greeting 554 but throttled", script: "S: 554 Too many connections from your host", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting ends in 421", script: "S: 220-mx\nS: 421 busy", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting 354", script: "S: 354 go on", outcome: NotThisProtocol, step: StepGreeting},
		{name: "EHLO 421", script: toEHLO + "S: 421 4.7.0 Error: too many connections", outcome: TemporarilyRefused, step: StepCapabilities},
		{name: "EHLO 450", script: toEHLO + "S: 450 4.7.1 rate", outcome: TemporarilyRefused, step: StepCapabilities},
		{name: "EHLO 554", script: toEHLO + "S: 554 5.7.1 blocked", outcome: Rejected, step: StepCapabilities},
		{name: "EHLO 554 4.x", script: toEHLO + "S: 554 4.7.1 hm", outcome: TemporarilyRefused, step: StepCapabilities},
		{name: "EHLO 354", script: toEHLO + "S: 354 go on", outcome: Malformed, step: StepCapabilities},
		{name: "STARTTLS 454", script: toSTARTTLS + "S: 454 4.7.0 TLS not available due to local problem", outcome: TemporarilyRefused, step: StepSTARTTLS, status: "454"},
		{name: "STARTTLS 421", script: toSTARTTLS + "S: 421 bye", outcome: TemporarilyRefused, step: StepSTARTTLS},
		{name: "STARTTLS 451", script: toSTARTTLS + "S: 451 oops", outcome: TemporarilyRefused, step: StepSTARTTLS},
		{name: "STARTTLS 452", script: toSTARTTLS + "S: 452 full", outcome: TemporarilyRefused, step: StepSTARTTLS},
		{name: "STARTTLS 502", script: toSTARTTLS + "S: 502 5.5.1 not implemented", outcome: Refused, step: StepSTARTTLS},
		{name: "STARTTLS 554", script: toSTARTTLS + "S: 554 5.7.3 no", outcome: Refused, step: StepSTARTTLS},
		{name: "STARTTLS 250", script: toSTARTTLS + "S: 250 ok", outcome: Malformed, step: StepSTARTTLS},
	}
	for i := range tests {
		tests[i].p = SMTP
	}
	testScripts(t, tests)
}

func TestSMTPUnderTLS(t *testing.T) {
	testScripts(t, []scripted{
		{name: "open", p: Submissions, call: Open, outcome: Ready, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 250-mx
			S: 250 AUTH PLAIN`, check: func(t *testing.T, res *Result) {
			if !res.Before.Listed || !res.Before.Has("auth") || res.Before.STARTTLS {
				t.Errorf("capabilities %+v", res.Before)
			}
		}},
		{name: "open by HELO", p: SMTP, call: Open, outcome: Ready, step: StepCapabilities, script: `
			S: 220 mx
			C: EHLO scan.example
			S: 502 no
			C: HELO scan.example
			S: 250 mx`, check: func(t *testing.T, res *Result) {
			if res.Before.Listed {
				t.Error("HELO lists nothing")
			}
		}},
		{name: "again", p: SMTP, call: Again, outcome: Ready, step: StepCapabilities, script: `
			C: EHLO scan.example
			S: 250-mx
			S: 250 AUTH PLAIN`},
		{name: "again closed", p: SMTP, call: Again, outcome: Closed, step: StepCapabilities, script: `
			C: EHLO scan.example
			close`},
		{name: "quit", p: SMTP, call: Quit, outcome: Ready, step: StepQuit, status: "221", script: `
			C: QUIT
			S: 221 bye`},
		{name: "quit closed", p: LMTP, call: Quit, outcome: Closed, step: StepQuit, script: `
			C: QUIT
			close`},
	})
}

func TestParseSMTPLine(t *testing.T) {
	tests := []struct {
		line, code, text string
		last, ok         bool
	}{
		{"220 mx", "220", "mx", true, true},
		{"220-mx", "220", "mx", false, true},
		{"220", "220", "", true, true},
		{"220 ", "220", "", true, true},
		{"220-", "220", "", false, true},
		{"220\tmx", "220", "mx", true, true},
		{"", "", "", false, false},
		{"22", "", "", false, false},
		{"2200", "", "", false, false},
		{"120 x", "", "", false, false},
		{"620 x", "", "", false, false},
		{"2a0 x", "", "", false, false},
		{" 220 x", "", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			code, text, last, ok := parseSMTPLine(tt.line)
			if code != tt.code || text != tt.text || last != tt.last || ok != tt.ok {
				t.Errorf("got %q %q %v %v", code, text, last, ok)
			}
		})
	}
}

func TestEnhancedCode(t *testing.T) {
	for text, want := range map[string]string{
		"4.7.0 busy": "4.7.0", "5.7.103 x": "5.7.103", "2.0.0": "2.0.0",
		"3.0.0 x": "", "4.7 x": "", "4.7.1000 x": "", "4..1": "", "": "", "mx.a.b": "", "44.1.1 x": "",
	} {
		if got := enhancedCode(text); got != want {
			t.Errorf("enhancedCode(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestHeloName(t *testing.T) {
	addr := func(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }
	for _, tt := range []struct {
		addr net.Addr
		want string
	}{
		{addr("192.0.2.1:25"), "[192.0.2.1]"},
		{addr("[2001:db8::1]:25"), "[IPv6:2001:db8::1]"},
		{addr("[::ffff:192.0.2.1]:25"), "[192.0.2.1]"},
		{addr("[fe80::1%eth0]:25"), "[IPv6:fe80::1]"},
		{&net.UnixAddr{Name: "/x"}, "[127.0.0.1]"},
		{nil, "[127.0.0.1]"},
	} {
		if got := addressLiteral(tt.addr); got != tt.want {
			t.Errorf("addressLiteral(%v) = %q, want %q", tt.addr, got, tt.want)
		}
	}
	for _, bad := range []string{"a b", "a\r\nMAIL", "\x00", "ä.example", strings.Repeat("a", 256)} {
		conn := play(t, "S: 220 mx", whole)
		res := Start(t.Context(), conn, SMTP, Options{Helo: bad})
		if res.Outcome != Failed || len(res.Dialogue.Lines) != 0 {
			t.Errorf("HELO name %q: %s, %v", bad, res.Outcome, res.Dialogue)
		}
	}
}
