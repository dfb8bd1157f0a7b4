package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// dnssec tells whether the way to the exchangers is signed.
func (t *dnsTeller) dnssec() {
	x, label := t.d.Exchange, "DNSSEC"
	if t.d.DNSSEC == "off" {
		t.tell(label, check.Undecided, "not looked at, as was asked for")
		return
	}
	if !x.Seen() {
		return
	}
	vouch := x.Value.DNSSEC
	what := "the MX records"
	if x.Value.Kind == evidence.NoMail || x.Value.Kind == evidence.Implicit {
		what = "the answer that there is none"
	}
	t.vouched(vouch, what, "")
	var signed []string
	others := map[string][]string{}
	var order []evidence.Vouch
	for _, e := range x.Value.List {
		h := t.d.Hosts[e.Host]
		switch {
		case h == nil:
		case h.DNSSEC.Status == "secure":
			signed = append(signed, e.Host)
		default:
			key := h.DNSSEC.Status + h.DNSSEC.Why
			if others[key] == nil {
				order = append(order, h.DNSSEC)
			}
			others[key] = append(others[key], e.Host)
		}
	}
	if len(signed) > 0 {
		t.vouched(secureVouch(), "the addresses of "+t.names(signed), "")
	}
	for _, v := range order {
		why := t.esc(v.Why)
		if v.Why == vouch.Why {
			why = "the same"
		}
		t.vouched(v, "the addresses of "+t.names(others[v.Status+v.Why]), why)
	}
	t.merge(label)
}

func secureVouch() evidence.Vouch { return evidence.Vouch{Status: "secure"} }

// vouched tells what DNSSEC makes of an answer; why stands for its reason if it is not empty.
func (t *dnsTeller) vouched(v evidence.Vouch, what, why string) {
	level, words := check.Undecided, "not known whether signed: "+what
	switch v.Status {
	case "secure":
		level, words = check.Pass, "signed, and the signatures hold: "+what
	case "insecure":
		level, words = check.NotApplicable, "not signed: "+what
	case "bogus":
		level, words = check.Fail, "the signatures do not hold, so that senders that validate cannot deliver: "+what
	}
	if why == "" {
		why = t.esc(v.Why)
	}
	if why != "" && why != "the same" {
		words += " (" + why + ")"
	}
	t.tell("DNSSEC", level, words)
}

// merge puts lines about one label that begin alike into one.
func (t *dnsTeller) merge(label string) {
	at := slices.IndexFunc(t.lines, func(l dnsLine) bool { return l.label == label })
	if at < 0 {
		return
	}
	out := t.lines[:at+1]
	for _, l := range slices.Clone(t.lines[at+1:]) {
		before, rest, _ := strings.Cut(l.text, ": ")
		last := &out[len(out)-1]
		if head, _, _ := strings.Cut(last.text, ": "); head == before && last.level == l.level && !strings.Contains(last.text+l.text, " (") {
			last.text += ", " + rest
		} else {
			out = append(out, l)
		}
	}
	t.lines = out
}
