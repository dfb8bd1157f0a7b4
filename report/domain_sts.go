package report

import (
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// sts tells of the record and the policy of MTA-STS.
func (t *dnsTeller) sts() {
	label, r, p := "MTA-STS", t.d.STS, t.d.Policy
	switch {
	case t.open(label, r.State, r.Why):
		return
	case r.State == evidence.Inapplicable:
		t.tell(label, check.NotApplicable, "none")
		return
	case r.Value.Fault != "":
		t.tell(label, check.Warn, "the record does not count: "+t.esc(r.Value.Fault))
	}
	if t.open(label, p.State, p.Why) || !p.Seen() {
		return
	}
	v := p.Value
	more := append([]string{"id " + r.Value.ID, v.URL}, policyLines(v.Text)...)
	if c := v.Certificate; c != nil {
		more = append(more, "certificate of "+c.Issuer+" for "+strings.Join(c.Names[:min(len(c.Names), 4)], ", ")+", until "+c.Until.UTC().Format(time.DateOnly))
	}
	if v.Fault != "" {
		t.tell(label, check.Warn, "there is no policy that senders can use: "+t.esc(v.Fault), more...)
		return
	}
	level, means := check.Pass, "senders deliver only to what it names and checks"
	switch v.Mode {
	case "testing":
		level, means = check.NotApplicable, "senders deliver in any case, and report what fails"
	case "none":
		level, means = check.NotApplicable, "as if there were no policy"
	}
	text := "mode " + t.esc(v.Mode) + ": " + means + "; kept for " + period(v.MaxAge)
	if len(v.MX) > 0 {
		text += "; mx " + t.names(v.MX)
	}
	t.tell(label, level, text, more...)
	for _, n := range v.Notes {
		t.tell(label, check.NotApplicable, "overlooked: "+t.esc(n))
	}
}

// period writes how long something is kept.
func period(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return plural(int(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	case d >= 2*time.Minute:
		return plural(int(d/time.Minute), "minute")
	}
	return plural(int(d/time.Second), "second")
}

// reports tells where reports on TLS go.
func (t *dnsTeller) reports() {
	label, f := "TLSRPT", t.d.Reports
	switch {
	case t.open(label, f.State, f.Why):
	case f.State == evidence.Inapplicable:
		t.tell(label, check.NotApplicable, "none: nobody reports to the domain what goes wrong")
	case f.Value.Fault != "":
		t.tell(label, check.Warn, "the record does not count: "+t.esc(f.Value.Fault))
	default:
		t.tell(label, check.Pass, "reports go to "+t.some(f.Value.RUA, f.Value.LeftOut), f.Value.RUA...)
	}
}

// policyLines are the lines of a policy.
func policyLines(text string) []string {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
	if n := len(lines) - maxPolicyLines; n > 0 {
		lines = append(lines[:maxPolicyLines], "and "+plural(n, "more line"))
	}
	return lines
}

const maxPolicyLines = 40
