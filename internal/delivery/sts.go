package delivery

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/mtasts"
)

// bySTS is what a sender does that heeds MTA-STS and has the policy of today.
func bySTS(d *evidence.Domain, at *hop) evidence.Decision {
	p := d.Policy
	switch {
	case d.STS.State == evidence.Inapplicable:
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: d.STS.Why}
	case !d.STS.Seen():
		return evidence.Decision{Outcome: evidence.Undecided, Why: d.STS.Why}
	case d.STS.Value.Fault != "":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the record does not count: " + d.STS.Value.Fault}
	case !p.Seen():
		return evidence.Decision{Outcome: evidence.Undecided, Why: p.Why}
	case p.Value.Fault != "":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "there is no policy to heed: " + p.Value.Fault}
	case p.Value.Mode == string(mtasts.None):
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the policy asks for nothing (mode none)"}
	}
	out := at.byPolicy(mtasts.Policy{MX: p.Value.MX})
	if out.Outcome == evidence.Refused && p.Value.Mode == string(mtasts.Testing) {
		out.Outcome, out.Why = evidence.Opportunistic, "would be refused if the policy were enforced: "+out.Why
	}
	return out
}

func (h *hop) byPolicy(p mtasts.Policy) evidence.Decision {
	if !p.Match(h.host) {
		return refused(evidence.NotNamed, "the policy does not name "+h.host)
	}
	switch encrypts, why := h.starttls(); encrypts {
	case evidence.No:
		return refused(evidence.NoSTARTTLS, why)
	case evidence.Unsure:
		return evidence.Decision{Outcome: evidence.Undecided, Why: why}
	}
	f := h.certificatesByName()
	if !f.Seen() || len(f.Value) == 0 {
		return evidence.Decision{Outcome: evidence.Undecided, Why: "its certificates were not seen: " + f.Why}
	}
	undecided := ""
	for _, c := range f.Value {
		switch {
		case c.Trust == nil:
			undecided = "whether its certificate is trusted was not decided"
		case !c.Trust.Trusted:
			return refused(evidence.Untrusted, "its certificate does not hold: "+reasons(c.Trust))
		}
	}
	if undecided == "" && f.State == evidence.Partial {
		undecided = "it may show other certificates: " + f.Why
	}
	if undecided != "" {
		return evidence.Decision{Outcome: evidence.Undecided, Why: undecided}
	}
	return evidence.Decision{Outcome: evidence.Authenticated}
}

func reasons(t *evidence.TrustResult) string {
	var words []string
	for _, r := range t.Reasons {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}
