package starttls

import (
	"slices"
	"testing"
)

func TestIMAP(t *testing.T) {
	testScripts(t, []scripted{
		{name: "listed in the greeting", p: IMAP, outcome: Ready, step: StepSTARTTLS, status: "OK", script: `
			S: * OK [CAPABILITY IMAP4rev1 SASL-IR ID STARTTLS LOGINDISABLED AUTH=PLAIN AUTH=LOGIN] Dovecot ready.
			C: a2 STARTTLS
			S: a2 OK Begin TLS negotiation now.`, check: checkDovecot},
		{name: "asked", p: IMAP, outcome: Ready, step: StepSTARTTLS, script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1 ID startTLS LOGINDISABLED AUTH=PLAIN AUTH=LOGIN
			S: a1 OK done
			C: a2 STARTTLS
			S: a2 OK go`, check: checkDovecot},
		{name: "greeting lists less", p: IMAP, outcome: Ready, step: StepSTARTTLS, script: `
			S: * ok [capability IMAP4rev1] ready
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1 STARTTLS
			S: a1 OK done
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "skip", p: IMAP, opt: skipCapabilities, outcome: Ready, step: StepSTARTTLS, script: `
			S: * OK ready
			C: a2 STARTTLS
			S: a2 OK go`, check: func(t *testing.T, res *Result) {
			if res.Before.Listed {
				t.Error("nothing was listed")
			}
		}},
		{name: "skip refused", p: IMAP, opt: skipCapabilities, outcome: Refused, step: StepSTARTTLS, script: `
			S: * OK ready
			C: a2 STARTTLS
			S: a2 BAD unknown command`},
		{name: "capabilities in the tagged reply", p: IMAP, outcome: NotOffered, step: StepCapabilities, script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: a1 OK [CAPABILITY IMAP4rev1] done`},
		{name: "untagged and continuation lines between", p: IMAP, outcome: Ready, step: StepSTARTTLS, script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: * OK [ALERT] {12}
			S: * NO hm
			S: + idling
			S: * ID ("name" {8}
			S: a1 BAD x {0}
			S: )
			S: * CAPABILITY IMAP4rev1 STARTTLS
			S: a1 OK done
			C: a2 STARTTLS
			S: * OK [ALERT] soon
			S: a2 OK go`},
		{name: "preauth", p: IMAP, outcome: Refused, step: StepSTARTTLS, script: `
			S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome
			C: a2 STARTTLS
			S: a2 BAD already`},
		{name: "not offered", p: IMAP, outcome: NotOffered, step: StepCapabilities, script: `
			S: * OK [CAPABILITY IMAP4rev1] ready
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1 XSTARTTLS
			S: a1 OK done`},
		{name: "masked", p: IMAP, outcome: Masked, step: StepCapabilities, script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1 XXXXXXXX
			S: a1 OK done`},
		{name: "no list, no STARTTLS", p: IMAP, outcome: NotOffered, step: StepSTARTTLS, status: "BAD", script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: * BAD what
			C: a2 STARTTLS
			S: * BAD what`},
		{name: "empty answer, no STARTTLS", p: IMAP, outcome: NotOffered, step: StepSTARTTLS, script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: a1 OK done
			C: a2 STARTTLS
			S: a2 BAD what`},
		{name: "only the greeting lists", p: IMAP, outcome: Ready, step: StepSTARTTLS, script: `
			S: * OK [CAPABILITY IMAP4rev1] ready
			C: a1 CAPABILITY
			S: a1 BAD what
			C: a2 STARTTLS
			S: a2 OK go`},
		{name: "empty answer, STARTTLS", p: IMAP, outcome: Ready, step: StepSTARTTLS, script: `
			S: * OK ready
			C: a1 CAPABILITY
			S: a1 OK done
			C: a2 STARTTLS
			S: a2 OK go`},
	})
}

func checkDovecot(t *testing.T, res *Result) {
	c := res.Before
	if !c.Listed || !c.STARTTLS || !c.LoginDisabled || !c.ID || !c.Has("auth=plain") || c.Has("PLAIN") {
		t.Errorf("capabilities %+v", c)
	}
	if !slices.Equal(c.AuthMechanisms, []string{"PLAIN", "LOGIN"}) {
		t.Errorf("mechanisms %q", c.AuthMechanisms)
	}
}

func TestIMAPRefusals(t *testing.T) {
	const toList = "S: * OK hi\nC: a1 CAPABILITY\n"
	const toSTARTTLS = "S: * OK [CAPABILITY STARTTLS] hi\nC: a2 STARTTLS\n"
	tests := []scripted{
		{name: "bye", script: "S: * BYE go away", outcome: Rejected, step: StepGreeting, status: "BYE"},
		{name: "bye for now", script: "S: * BYE [UNAVAILABLE] hm", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "bye, too many", script: "S: * BYE Maximum number of connections exceeded", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting NO", script: "S: * NO", outcome: NotThisProtocol, step: StepGreeting},
		{name: "greeting tagged", script: "S: a1 OK", outcome: NotThisProtocol, step: StepGreeting},
		{name: "list bye", script: toList + "S: * BYE shutting down", outcome: Closed, step: StepCapabilities, status: "BYE"},
		{name: "list bye for now", script: toList + "S: * BYE server too busy", outcome: TemporarilyRefused, step: StepCapabilities},
		{name: "list NO for now", script: toList + "S: a1 NO [UNAVAILABLE] hm", outcome: TemporarilyRefused, step: StepCapabilities},
		{name: "list with another tag", script: toList + "S: a7 OK", outcome: Malformed, step: StepCapabilities},
		{name: "list with garbage", script: toList + "S: 250 ok", outcome: Malformed, step: StepCapabilities},
		{name: "list huge literal", script: toList + "S: * ID {999999999999999999999}", outcome: TooLong, step: StepCapabilities},
		{name: "STARTTLS NO", script: toSTARTTLS + "S: a2 NO never", outcome: Refused, step: StepSTARTTLS, status: "NO"},
		{name: "STARTTLS NO for now", script: toSTARTTLS + "S: a2 NO [unavailable] hm", outcome: TemporarilyRefused, step: StepSTARTTLS},
		{name: "STARTTLS BAD", script: toSTARTTLS + "S: a2 BAD what", outcome: Refused, step: StepSTARTTLS},
		{name: "STARTTLS bye", script: toSTARTTLS + "S: * BYE", outcome: Closed, step: StepSTARTTLS},
	}
	for i := range tests {
		tests[i].p = IMAP
	}
	testScripts(t, tests)
}

func TestIMAPUnderTLS(t *testing.T) {
	testScripts(t, []scripted{
		{name: "open, listed in the greeting", p: IMAPS, call: Open, outcome: Ready, step: StepGreeting,
			script: "S: * OK [CAPABILITY IMAP4rev1] hi"},
		{name: "open, asked", p: IMAPS, call: Open, outcome: Ready, step: StepCapabilities, script: `
			S: * OK hi
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1
			S: a1 OK done`},
		{name: "again", p: IMAP, call: Again, outcome: Ready, step: StepCapabilities, script: `
			C: a1 CAPABILITY
			S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
			S: a1 OK done`},
		{name: "quit", p: IMAPS, call: Quit, outcome: Ready, step: StepQuit, script: `
			C: a3 LOGOUT
			S: * BYE bye
			S: a3 OK done`},
	})
}

func TestParseIMAPLine(t *testing.T) {
	tests := []struct {
		line string
		want imapLine
	}{
		{"* OK hi there", imapLine{tag: "*", status: "OK", text: "hi there"}},
		{"* ok [alert] hi", imapLine{tag: "*", status: "OK", code: "ALERT", text: "hi"}},
		{"* OK [CAPABILITY A B] hi", imapLine{tag: "*", status: "OK", code: "CAPABILITY", args: "A B", text: "hi"}},
		{"* OK [CAPABILITY A B hi", imapLine{tag: "*", status: "OK", text: "[CAPABILITY A B hi"}},
		{"* CAPABILITY [A B", imapLine{tag: "*", status: "CAPABILITY", text: "[A B"}},
		{"a1 NO []", imapLine{tag: "a1", status: "NO"}},
		{"+", imapLine{tag: "+"}},
		{"", imapLine{}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			if got := parseIMAPLine(tt.line); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestLiteralSuffix(t *testing.T) {
	tests := []struct {
		line string
		n    int
		ok   bool
	}{
		{"x {5}", 5, true}, {"{0}", 0, true}, {"{12+}", 12, true}, {"{5} ", 0, false}, {"{}", 0, false},
		{"{-1}", 0, false}, {"{+5}", 0, false}, {"{5++}", 0, false}, {"5}", 0, false}, {"{5", 0, false}, {"", 0, false},
		{"{99999999999999999999}", int(^uint(0) >> 1), true},
	}
	for _, tt := range tests {
		if n, ok := literalSuffix(tt.line); n != tt.n || ok != tt.ok {
			t.Errorf("literalSuffix(%q) = %d, %v, want %d, %v", tt.line, n, ok, tt.n, tt.ok)
		}
	}
}
