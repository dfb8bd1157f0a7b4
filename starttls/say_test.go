package starttls

import (
	"slices"
	"testing"
)

// replies are the codes that came, in order.
func (r *Result) replies() []string {
	var list []string
	for _, s := range r.Said {
		list = append(list, s.Reply.Status)
	}
	return list
}

// Commands are said one by one before STARTTLS, whatever is answered, and with Unannounced without a greeting.
func TestCommands(t *testing.T) {
	transaction := Options{Helo: "mail.example.org", Commands: []string{MailFrom, MailFrom}}
	for name, c := range map[string]struct {
		p       Protocol
		opt     Options
		script  string
		outcome Outcome
		step    Step
		want    []string
	}{
		"smtp": {SMTP, transaction, `
			S: 220 mx
			C: EHLO mail.example.org
			S: 250-mx
			S: 250 STARTTLS
			C: MAIL FROM:<>
			S: 250 ok
			C: MAIL FROM:<>
			S: 503-nested
			S: 503 MAIL
			C: STARTTLS
			S: 220 go`, Ready, StepSTARTTLS, []string{"250", "503"}},
		"lmtp, locked": {LMTP, transaction, `
			S: 220 mx
			C: LHLO mail.example.org
			S: 250-mx
			S: 250 STARTTLS
			C: MAIL FROM:<>
			S: 250 ok
			C: MAIL FROM:<>
			S: 503 nested
			C: STARTTLS
			S: 503 not now`, Refused, StepSTARTTLS, []string{"250", "503"}},
		"unannounced": {SMTP, Options{Commands: []string{MailFrom, Rset}, Unannounced: true}, `
			S: 220 mx
			C: MAIL FROM:<>
			S: 503 EHLO first
			C: RSET
			S: 250 ok
			C: STARTTLS
			S: 220 go`, Ready, StepSTARTTLS, []string{"503", "250"}},
		"hung up": {SMTP, transaction, `
			S: 220 mx
			C: EHLO mail.example.org
			S: 250-mx
			S: 250 STARTTLS
			C: MAIL FROM:<>
			S: 250 ok
			C: MAIL FROM:<>
			close`, Closed, StepBeforeTLS, []string{"250", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, how := range []delivery{whole, bytely} {
				res := Start(t.Context(), play(t, c.script, how), c.p, c.opt)
				if res.Outcome != c.outcome || res.Step != c.step || !slices.Equal(res.replies(), c.want) {
					t.Errorf("%s at %s: %v; %v", res.Outcome, res.Step, res.Err, res.replies())
				}
			}
		})
	}
}

// Inside TLS nobody is greeted, and a server that greets once more has not answered by that.
func TestSay(t *testing.T) {
	opt := Options{Commands: []string{MailFrom, Rset}}
	for name, script := range map[string]string{
		"answers": `
			C: MAIL FROM:<>
			S: 503 nested
			C: RSET
			S: 250 ok`,
		"greets again": `
			C: MAIL FROM:<>
			S: 220 mx
			S: 503 nested
			C: RSET
			S: 250 ok`,
	} {
		t.Run(name, func(t *testing.T) {
			res := Say(t.Context(), play(t, script, whole), SMTP, opt)
			if want := []string{"503", "250"}; res.Outcome != Ready || !slices.Equal(res.replies(), want) {
				t.Errorf("%s: %v; %v", res.Outcome, res.Err, res.replies())
			}
		})
	}
	if res := Say(t.Context(), play(t, "S: * OK", whole), IMAP, opt); res.Outcome != Failed || len(res.Said) > 0 {
		t.Errorf("IMAP: %s, %v", res.Outcome, res.Said)
	}
}
