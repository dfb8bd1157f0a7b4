package starttls

import (
	"slices"
	"testing"
)

const pigeonhole = `
	S: "IMPLEMENTATION" "Dovecot Pigeonhole"
	S: "SIEVE" "fileinto reject"
	S: "SASL" "PLAIN LOGIN"
	S: "STARTTLS"
	S: "VERSION" "1.0"
	S: OK "Dovecot ready."
`

func TestSieve(t *testing.T) {
	testScripts(t, []scripted{
		{name: "ready", p: Sieve, outcome: Ready, step: StepSTARTTLS, status: "OK", script: pigeonhole + `
			C: STARTTLS
			S: OK "Begin TLS negotiation now."`, check: checkSieve},
		{name: "skip is no matter", p: Sieve, opt: skipCapabilities, outcome: Ready, step: StepSTARTTLS, script: pigeonhole + `
			C: STARTTLS
			S: OK`},
		{name: "literals", p: Sieve, outcome: Ready, step: StepSTARTTLS, script: `
			S: {14}
			S: IMPLEMENTATION "Dovecot Pigeonhole"
			S: "sasl" {11+}
			S: PLAIN LOGIN
			S: "StartTls"
			S: "VERSION" {3}
			S: 1.0
			S: "NOTE" {4}
			s: OK\r\n\r\n
			S: ok {14}
			S: Dovecot ready.
			C: STARTTLS
			S: OK (TAG {3}
			S: a)b) "go"`, check: checkSieve},
		{name: "not offered", p: Sieve, outcome: NotOffered, step: StepGreeting, script: `
			S: "IMPLEMENTATION" "STARTTLS"
			S: OK`},
		{name: "masked", p: Sieve, outcome: Masked, step: StepGreeting, script: `
			S: "XXXXXXXX"
			S: OK`},
		{name: "again", p: Sieve, call: Again, outcome: Ready, step: StepCapabilities, script: pigeonhole},
		{name: "open", p: Sieve, call: Open, outcome: Ready, step: StepGreeting, script: pigeonhole},
		{name: "quit", p: Sieve, call: Quit, outcome: Ready, step: StepQuit, script: `
			C: LOGOUT
			S: OK "bye"`},
	})
}

func checkSieve(t *testing.T, res *Result) {
	c := res.Before
	if !c.Listed || !c.STARTTLS || c.Version != "1.0" || c.Implementation != "Dovecot Pigeonhole" ||
		!slices.Equal(c.AuthMechanisms, []string{"PLAIN", "LOGIN"}) {
		t.Errorf("capabilities %+v", c)
	}
}

func TestSieveRefusals(t *testing.T) {
	const toSTARTTLS = "S: \"STARTTLS\"\nS: OK\nC: STARTTLS\n"
	tests := []scripted{
		{name: "greeting bye", script: `S: BYE "go away"`, outcome: Rejected, step: StepGreeting, status: "BYE"},
		{name: "greeting bye for now", script: `S: BYE (TRYLATER) "hm"`, outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting bye, too many", script: `S: BYE "Too many connections"`, outcome: TemporarilyRefused, step: StepGreeting},
		{name: "greeting no", script: `S: NO "no"`, outcome: Rejected, step: StepGreeting},
		{name: "greeting of another", script: `S: OKAY`, outcome: NotThisProtocol, step: StepGreeting},
		{name: "greeting breaks", script: "S: \"A\"\nS: x", outcome: Malformed, step: StepGreeting},
		{name: "greeting with an open string", script: `S: "A`, outcome: NotThisProtocol, step: StepGreeting},
		{name: "greeting with a huge literal", script: `S: {300000}`, outcome: TooLong, step: StepGreeting},
		{name: "greeting with a negative literal", script: `S: {-1}`, outcome: NotThisProtocol, step: StepGreeting},
		{name: "STARTTLS no", script: toSTARTTLS + `S: NO "never"`, outcome: Refused, step: StepSTARTTLS},
		{name: "STARTTLS no for now", script: toSTARTTLS + `S: NO (trylater) "hm"`, outcome: TemporarilyRefused, step: StepSTARTTLS},
		{name: "STARTTLS bye", script: toSTARTTLS + `S: BYE`, outcome: Closed, step: StepSTARTTLS},
	}
	for i := range tests {
		tests[i].p = Sieve
	}
	testScripts(t, tests)
}

func TestParseSieveLine(t *testing.T) {
	str := func(s string) sieveWord { return sieveWord{text: s, quoted: true} }
	atom := func(s string) sieveWord { return sieveWord{text: s} }
	tests := []struct {
		line    string
		words   []sieveWord
		literal int
		ok      bool
	}{
		{`"A" "b c"`, []sieveWord{str("A"), str("b c")}, -1, true},
		{`"a\"b\\c"`, []sieveWord{str(`a"b\c`)}, -1, true},
		{`""`, []sieveWord{str("")}, -1, true},
		{`NO (QUOTA/MAXSIZE) "x"`, []sieveWord{atom("NO"), atom("("), atom("QUOTA/MAXSIZE"), atom(")"), str("x")}, -1, true},
		{`"A" {12}`, []sieveWord{str("A")}, 12, true},
		{`{0+}`, nil, 0, true},
		{`"A {12}"`, []sieveWord{str("A {12}")}, -1, true},
		{``, nil, -1, true},
		{`"A`, nil, -1, false},
		{`"A\"`, nil, -1, false},
		{`{12} "x"`, nil, 0, false},
		{`{1}{2}`, nil, 2, false},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			words, literal, ok := parseSieveLine(tt.line)
			if ok != tt.ok || ok && (literal != tt.literal || !slices.Equal(words, tt.words)) {
				t.Errorf("got %+v, %d, %v", words, literal, ok)
			}
		})
	}
}
