package probe

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
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

// behindSTARTTLS is a server that was tried: what each connection heard inside TLS, first those with a command behind STARTTLS, in
// which TAG stands for its tag, then those without.
func behindSTARTTLS(p starttls.Protocol, behind, control [][]string) *deriver {
	target := modelTarget
	target.Protocol = string(p)
	var list []reply
	add := func(vector string, lines []string) {
		r := &evidence.Reaction{Sent: []byte("STARTTLS\r\n"), End: evidence.EndClosed}
		tag := fmt.Sprintf("i%d", len(list))
		if vector == lineBehind {
			r.Sent = append(r.Sent, injected(p, tag)+"\r\n"...)
		}
		for _, l := range lines {
			if l == "reset" {
				r.End = evidence.EndReset
				continue
			}
			r.Text = append(r.Text, strings.ReplaceAll(l, "TAG", tag))
		}
		list = append(list, reply{id: fmt.Sprintf("%s/%d", vector, len(list)), kind: accepted, reaction: r,
			offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.STARTTLSInjection, Vector: vector}})
	}
	for _, lines := range behind {
		add(lineBehind, lines)
	}
	for _, lines := range control {
		add(noneBehind, lines)
	}
	ep := &evidence.Endpoint{Target: target}
	return &deriver{view: newView(target, list, false), ep: ep, facts: &ep.Facts}
}

// TestInjectionIsHeldAgainstControls wants as many connections without the command as were answered with it, and all to agree:
// there may be several servers behind one address.
func TestInjectionIsHeldAgainstControls(t *testing.T) {
	quiet, answered, more := []string{"221 Bye"}, []string{"250 Ok", "221 Bye"}, []string{"220 Hello", "250 Ok", "221 Bye"}
	bye, tagged, greets := []string{"* BYE", "a9 OK"}, []string{"TAG OK", "* BYE", "a9 OK"}, []string{"* OK Hello", "* BYE", "a9 OK"}
	sieve, sieveTag, sieveNo := []string{`"SIEVE"`, "OK", "OK"}, []string{`"SIEVE"`, "OK", `OK (TAG "TAG") "Done"`, "OK"}, []string{`"SIEVE"`, "OK", "NO", "OK"}
	const known, unknown = evidence.Known, evidence.Unknown
	for _, c := range []struct {
		name            string
		p               starttls.Protocol
		behind, control [][]string
		state           evidence.State
		found           bool
		more            string // what is asked next, if anything
	}{
		{"nothing yet", starttls.SMTP, nil, nil, unknown, false, lineBehind},
		{"quiet", starttls.SMTP, [][]string{quiet}, nil, known, false, ""},
		{"once", starttls.SMTP, [][]string{answered}, nil, unknown, false, lineBehind},
		{"twice", starttls.SMTP, [][]string{answered, answered}, nil, unknown, false, noneBehind},
		{"one control", starttls.SMTP, [][]string{answered, answered}, [][]string{quiet}, unknown, false, noneBehind},
		{"two controls", starttls.SMTP, [][]string{answered, answered}, [][]string{quiet, quiet}, known, true, ""},
		{"speaks unasked", starttls.SMTP, [][]string{answered, answered}, [][]string{answered, answered}, known, false, ""},
		{"speaks unasked, and answers", starttls.SMTP, [][]string{more, more}, [][]string{answered, answered}, known, true, ""},
		{"one of two speaks unasked", starttls.SMTP, [][]string{answered, answered}, [][]string{quiet, answered}, unknown, false, ""},
		{"one of two is quiet", starttls.SMTP, [][]string{answered, quiet}, nil, unknown, false, ""},
		{"two of three are quiet", starttls.SMTP, [][]string{answered, quiet, answered}, [][]string{quiet}, unknown, false, ""},
		{"a lost connection is none", starttls.SMTP, [][]string{answered, {"reset"}, answered}, [][]string{{"reset"}, quiet, quiet}, known, true, ""},
		{"imap once", starttls.IMAP, [][]string{tagged}, nil, unknown, false, lineBehind},
		{"imap", starttls.IMAP, [][]string{tagged, tagged}, nil, known, true, ""},
		{"imap, one of two", starttls.IMAP, [][]string{tagged, bye, tagged}, nil, known, true, ""},
		{"imap, one of two, once", starttls.IMAP, [][]string{tagged, bye}, nil, unknown, false, lineBehind},
		{"imap speaks unasked", starttls.IMAP, [][]string{greets}, nil, known, false, ""},
		{"sieve", starttls.Sieve, [][]string{sieve}, nil, known, false, ""},
		{"sieve with the tag", starttls.Sieve, [][]string{sieveTag, sieveTag}, nil, known, true, ""},
		{"sieve without it", starttls.Sieve, [][]string{sieveNo, sieveNo}, nil, unknown, false, noneBehind},
		{"sieve without it, and controls", starttls.Sieve, [][]string{sieveNo, sieveNo}, [][]string{sieve, sieve}, known, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := behindSTARTTLS(c.p, c.behind, c.control)
			deriveInjection(d)
			if f := d.facts.STARTTLSInjection; f.State != c.state || f.Value.Found != c.found {
				t.Errorf("%v, want %v, found %v", f, c.state, c.found)
			}
			x := d.injection(c.p)
			if more := x.wants(); more != c.more {
				t.Errorf("asks for %q next, want %q", more, c.more)
			}
		})
	}
}

// TestRefusedForNow takes no answer for a reaction that is about something else than the command behind STARTTLS.
func TestRefusedForNow(t *testing.T) {
	reply := func(status string) starttls.Reply { return starttls.Reply{Status: status, Text: "no"} }
	for _, c := range []struct {
		res  starttls.Result
		want evidence.EndKind // of the reaction, "" for none
	}{
		{starttls.Result{Outcome: starttls.Refused, Reply: reply("554")}, evidence.EndPreamble},
		{starttls.Result{Outcome: starttls.NotOffered, Reply: reply("502")}, evidence.EndPreamble},
		{starttls.Result{Outcome: starttls.TemporarilyRefused, Reply: reply("454")}, ""},
		{starttls.Result{Outcome: starttls.TemporarilyRefused, Reply: reply("421")}, ""},
		{starttls.Result{Outcome: starttls.Malformed, Reply: reply("")}, ""},
		{starttls.Result{Outcome: starttls.TooLong, Reply: reply("")}, ""},
		{starttls.Result{Outcome: starttls.NotThisProtocol, Reply: reply("")}, ""},
		{starttls.Result{Outcome: starttls.Failed, Reply: reply("")}, ""},
		{starttls.Result{Outcome: starttls.Timeout}, evidence.EndTimeout},
		{starttls.Result{Outcome: starttls.Closed}, evidence.EndClosed},
	} {
		c.res.Step = starttls.StepSTARTTLS
		if c.res.Err = errors.New("ended"); c.res.Outcome == starttls.Closed {
			c.res.Err = io.EOF
		}
		conn := &connection{Session: newSession(modelTarget, Config{}, starttls.SMTP), obs: &evidence.Observation{}}
		end, _ := conn.begunInjection(&c.res, "NOOP")
		got := evidence.EndKind("")
		if r := conn.obs.Reaction; r != nil {
			got = r.End
		}
		if got != c.want || got == "" && end.Kind == evidence.EndDone {
			t.Errorf("%s: reaction %q, end %v; want %q", c.res.Outcome, got, end, c.want)
		}
	}
}
