package starttls

import (
	"slices"
	"testing"
)

func TestPOP3(t *testing.T) {
	testScripts(t, []scripted{
		{name: "ready", p: POP3, outcome: Ready, step: StepSTARTTLS, status: "+OK", script: `
			S: +OK Dovecot ready.
			C: CAPA
			S: +OK
			S: UIDL
			S: ..dotted
			S: PIPELINING
			S: stls
			S: USER
			S: SASL PLAIN LOGIN
			S: IMPLEMENTATION Dove cot
			S: .
			C: STLS
			S: +OK Begin TLS negotiation now.`, check: checkPOP3},
		{name: "skip", p: POP3, opt: skipCapabilities, outcome: Ready, step: StepSTARTTLS, script: `
			S: +OK hi
			C: STLS
			S: +OK`},
		{name: "no CAPA but STLS", p: POP3, outcome: Ready, step: StepSTARTTLS, script: `
			S: +OK hi
			C: CAPA
			S: -ERR what
			C: STLS
			S: +ok`},
		{name: "no CAPA, no STLS", p: POP3, outcome: NotOffered, step: StepSTARTTLS, status: "-ERR", script: `
			S: +OK hi
			C: CAPA
			S: -ERR what
			C: STLS
			S: -ERR what`},
		{name: "not offered", p: POP3, outcome: NotOffered, step: StepCapabilities, script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: USER
			S: .`},
		{name: "masked", p: POP3, outcome: Masked, step: StepCapabilities, script: `
			S: +OK hi
			C: CAPA
			S: +OK
			S: XXXX
			S: .`},
		{name: "open", p: POP3S, call: Open, outcome: Ready, step: StepCapabilities, script: `
			S: +OK hi
			C: CAPA
			S: -ERR what`},
		{name: "again", p: POP3, call: Again, outcome: Ready, step: StepCapabilities, script: `
			C: CAPA
			S: +OK
			S: .`},
		{name: "quit", p: POP3S, call: Quit, outcome: Ready, step: StepQuit, script: `
			C: QUIT
			S: +OK bye`},
	})
}

func checkPOP3(t *testing.T, res *Result) {
	c := res.Before
	if !slices.Equal(c.Names, []string{"UIDL", ".DOTTED", "PIPELINING", "STLS", "USER", "SASL", "IMPLEMENTATION"}) {
		t.Errorf("names %q", c.Names)
	}
	if !c.STARTTLS || !c.Pipelining || !c.Has("user") || c.Implementation != "Dove cot" ||
		!slices.Equal(c.AuthMechanisms, []string{"PLAIN", "LOGIN"}) {
		t.Errorf("capabilities %+v", c)
	}
}

func TestPOP3Refusals(t *testing.T) {
	const toCAPA = "S: +OK hi\nC: CAPA\n"
	const toSTLS = toCAPA + "S: +OK\nS: STLS\nS: .\nC: STLS\n"
	tests := []scripted{
		{name: "greeting", script: "S: -ERR go away", outcome: Rejected, step: StepGreeting, status: "-ERR"},
		{name: "greeting, permanent", script: "S: -ERR [SYS/PERM] go away", outcome: Rejected, step: StepGreeting},
		{name: "greeting, for now", script: "S: -ERR [SYS/TEMP] hm", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting, in use", script: "S: -ERR [in-use] hm", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting, too many", script: "S: -ERR Too many connections", outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting of another", script: "S: +OKAY", outcome: NotThisProtocol, step: StepGreeting},
		{name: "CAPA for now", script: toCAPA + "S: -ERR [SYS/TEMP] hm", outcome: TemporarilyRefused, step: StepCapabilities},
		{name: "CAPA garbage", script: toCAPA + "S: 250 ok", outcome: Malformed, step: StepCapabilities},
		{name: "CAPA unfinished", script: toCAPA + "S: +OK\nS: STLS\nclose", outcome: Closed, step: StepCapabilities},
		{name: "STLS", script: toSTLS + "S: -ERR no", outcome: Refused, step: StepSTARTTLS},
		{name: "STLS for now", script: toSTLS + "S: -ERR [SYS/TEMP] no", outcome: TemporarilyRefused, step: StepSTARTTLS},
		{name: "STLS closed", script: toSTLS + "close", outcome: Closed, step: StepSTARTTLS},
	}
	for i := range tests {
		tests[i].p = POP3
	}
	testScripts(t, tests)
}
