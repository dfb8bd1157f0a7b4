package report

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

const noSignatures = "the name server 192.0.2.53:53 hands out no signatures: name another with --resolver"

// unvouched makes a domain one that was asked about by way of a name server that hands out no signatures.
func unvouched(t *testing.T) *evidence.Domain {
	t.Helper()
	d, vouch := soundDomain(t).domain, evidence.Vouch{Status: "indeterminate", Why: noSignatures}
	d.Exchange.Value.DNSSEC, d.STS.Value.DNSSEC, d.Reports.Value.DNSSEC, d.CAA.Value.DNSSEC = vouch, vouch, vouch, vouch
	for i := range d.Services.Value {
		d.Services.Value[i].DNSSEC = vouch
	}
	for _, h := range d.Hosts {
		h.DNSSEC = vouch
		h.TLSA = map[int]evidence.Fact[evidence.TLSA]{25: {State: evidence.Unknown, Why: noSignatures}}
	}
	return d
}

func linesAbout(d *evidence.Domain, label string) []dnsLine {
	var out []dnsLine
	at := ""
	for _, l := range dnsLines(d, Escape, map[string]bool{}) {
		if l.label != "" {
			at = l.label
		}
		if at == label {
			out = append(out, l)
		}
	}
	return out
}

// TestTLSAWhereSignednessIsNotKnown denies nothing of hosts of which nobody knows whether they are signed, as evidence of before has it, too.
func TestTLSAWhereSignednessIsNotKnown(t *testing.T) {
	const unsigned, bogus, mx1, both = "insecure", "bogus", "mx1.example.org", "mx1.example.org, mx2.example.org"
	for name, c := range map[string]struct {
		change func(h *evidence.MailHost)
		level  check.Level
		want   string
	}{
		"not known":          {func(*evidence.MailHost) {}, check.Undecided, "not known of " + both + ", since it is not known whether the addresses are signed: " + noSignatures},
		"not known, and old": {func(h *evidence.MailHost) { inapplicableTLSA(h) }, check.Undecided, "not known of " + both + ", since it is not known whether the addresses are signed: " + noSignatures},
		"no answer": {func(h *evidence.MailHost) {
			inapplicableTLSA(h)
			h.DNSSEC = evidence.Vouch{}
			h.Addresses.Why = "no reply"
		}, check.Undecided, "are signed: no reply"},
		"not signed":                {func(h *evidence.MailHost) { inapplicableTLSA(h); h.DNSSEC.Status = unsigned }, check.NotApplicable, "no sender asks about " + both + ", whose addresses are not signed"},
		"signatures that are wrong": {func(h *evidence.MailHost) { inapplicableTLSA(h); h.DNSSEC.Status = bogus }, check.NotApplicable, "no sender asks about " + both + ", whose addresses do not hold"},
	} {
		d := unvouched(t)
		for _, h := range d.Hosts {
			c.change(h)
		}
		lines := linesAbout(d, "TLSA")
		if len(lines) != 1 || lines[0].level != c.level || !strings.Contains(lines[0].text, c.want) || !strings.Contains(lines[0].text, mx1) {
			t.Errorf("%s: %+v, want %q", name, lines, c.want)
		}
	}
}

func inapplicableTLSA(h *evidence.MailHost) {
	h.TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Inapplicable, Why: "so that senders do not ask"}
}

// TestAskedOf says that signatures were checked only where one was.
func TestAskedOf(t *testing.T) {
	const none = ", no signatures could be checked"
	for mode, want := range map[string]string{"local": ", signatures checked here", "trust": ", signatures checked by it", "off": ", signatures not looked at"} {
		d := soundDomain(t).domain
		if d.DNSSEC = mode; askedOf(d) != "DNS asked of 192.0.2.53:53"+want {
			t.Errorf("%s: %s", mode, askedOf(d))
		}
		d = unvouched(t)
		if d.DNSSEC = mode; mode != "off" && askedOf(d) != "DNS asked of 192.0.2.53:53"+none {
			t.Errorf("%s: %s", mode, askedOf(d))
		}
		if d.Hosts["mx2.example.org"].DNSSEC.Status = "insecure"; askedOf(d) != "DNS asked of 192.0.2.53:53"+want {
			t.Errorf("%s: %s", mode, askedOf(d))
		}
	}
}
