package delivery

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/testca"
)

var address = netip.MustParseAddr("192.0.2.1")

// world is a domain with one exchanger that does everything right.
func world(t *testing.T) (*evidence.Domain, *evidence.Endpoint) {
	t.Helper()
	now := time.Now()
	authority := testca.New(t, "root", testca.NewKey(t), now)
	leaf := authority.Sign(t, x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"mx.good.test"}}, testca.NewKey(t).Public())
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	secure := evidence.Vouch{Status: "secure"}
	d := &evidence.Domain{Name: "good.test", DNSSEC: "local",
		Exchange: known(evidence.Exchange{Kind: evidence.ByMX, DNSSEC: secure, List: []evidence.Exchanger{{Preference: 10, Host: "mx.good.test"}}}),
		STS:      known(evidence.STSRecord{ID: "1"}), Policy: known(evidence.STSPolicy{Mode: "enforce", MX: []string{"*.good.test"}}),
		Hosts: map[string]*evidence.MailHost{"mx.good.test": {Addresses: known([]netip.Addr{address}), DNSSEC: secure,
			TLSA: map[int]evidence.Fact[evidence.TLSA]{25: known(evidence.TLSA{Base: "mx.good.test", DNSSEC: secure, Records: []string{fmt.Sprintf("3 1 1 %x", sum)}})}}}}
	e := &evidence.Endpoint{At: now, Target: evidence.Target{Protocol: "smtp", Host: "mx.good.test", Port: 25, Address: address.String(), ServerName: "mx.good.test"}}
	e.Facts.STARTTLS = known(evidence.STARTTLS{Offered: true, Works: true})
	e.Facts.Certificates = known([]evidence.Chain{{Certificates: []string{"leaf"}, WithSNI: true, Trust: &evidence.TrustResult{Trusted: true}}})
	e.Blobs.Certificates = map[string]*evidence.Certificate{"leaf": {DER: leaf.Raw}}
	return d, e
}

func known[T any](v T) evidence.Fact[T] { return evidence.Fact[T]{State: evidence.Known, Value: v} }

func unknown[T any]() evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Unknown, Why: "no reply"}
}

// TestHops changes one thing at a time.
func TestHops(t *testing.T) {
	type change func(d *evidence.Domain, h *evidence.MailHost, e *evidence.Endpoint)
	tlsa := func(h *evidence.MailHost, records ...string) {
		f := h.TLSA[25]
		f.Value.Records = records
		h.TLSA[25] = f
	}
	other := "3 1 1 " + strings.Repeat("0a", 32)
	for _, c := range []struct {
		name      string
		change    change
		dane, sts evidence.Outcome
	}{
		{"all right", nil, evidence.Authenticated, evidence.Authenticated},
		{"bogus MX", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) {
			d.Exchange.Value.DNSSEC.Status = "bogus"
		}, evidence.Refused, evidence.Authenticated},
		{"unsigned MX", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) {
			d.Exchange.Value.DNSSEC.Status = "insecure"
		}, evidence.Opportunistic, evidence.Authenticated},
		{"unchecked", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) {
			d.Exchange.Value.DNSSEC = evidence.Vouch{Status: "indeterminate", Why: "not looked at"}
		}, evidence.Undecided, evidence.Authenticated},
		{"bogus addresses", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) { h.DNSSEC.Status = "bogus" }, evidence.Refused, evidence.Authenticated},
		{"unsigned addresses", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.DNSSEC.Status = "insecure"
			h.TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Inapplicable, Why: "the addresses are not signed"}
		}, evidence.Opportunistic, evidence.Authenticated},
		{"unsigned addresses behind a signed alias", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.DNSSEC.Status = "insecure"
		}, evidence.Authenticated, evidence.Authenticated},
		{"TLSA fails", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.TLSA[25] = unknown[evidence.TLSA]()
		}, evidence.Undecided, evidence.Authenticated},
		{"name servers fail at TLSA", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Unknown, Value: evidence.TLSA{Fails: true}, Why: "the name server fails (SERVFAIL)"}
		}, evidence.Refused, evidence.Authenticated},
		{"the resolver refuses TLSA", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Unknown, Why: "the name server refuses (REFUSED)"}
		}, evidence.Undecided, evidence.Authenticated},
		{"no TLSA", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) { tlsa(h) }, evidence.Opportunistic, evidence.Authenticated},
		{"TLSA of another", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) { tlsa(h, other) }, evidence.Refused, evidence.Authenticated},
		{"TLSA of both", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			tlsa(h, other, h.TLSA[25].Value.Records[0])
		}, evidence.Authenticated, evidence.Authenticated},
		{"unusable TLSA", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) { tlsa(h, "1"+other[1:]) }, evidence.Encrypted, evidence.Authenticated},
		{"no STARTTLS", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.STARTTLS.Value.Works = false
		}, evidence.Refused, evidence.Refused},
		{"no reply", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.STARTTLS = unknown[evidence.STARTTLS]()
		}, evidence.Undecided, evidence.Undecided},
		{"not scanned", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) { e.Target.Address = "192.0.2.2" }, evidence.Undecided, evidence.Undecided},
		{"certificates unknown", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.Certificates = unknown[[]evidence.Chain]()
		}, evidence.Undecided, evidence.Undecided},
		{"certificates in part", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.Certificates.State = evidence.Partial
		}, evidence.Undecided, evidence.Undecided},
		{"another certificate, too", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.Certificates.Value = append(e.Facts.Certificates.Value, evidence.Chain{WithSNI: true, Trust: &evidence.TrustResult{Reasons: []evidence.TrustReason{"expired"}}})
		}, evidence.Refused, evidence.Refused},
		{"another for clients that name nobody", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.Certificates.Value = append(e.Facts.Certificates.Value, evidence.Chain{WithoutSNI: true, Trust: &evidence.TrustResult{Reasons: []evidence.TrustReason{"expired"}}})
		}, evidence.Authenticated, evidence.Authenticated},
		{"certificates for clients that name nobody alone", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].WithSNI, e.Facts.Certificates.Value[0].WithoutSNI = false, true
		}, evidence.Undecided, evidence.Undecided},
		{"TLSA of another behind a signed alias", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.DNSSEC.Status, h.Aliases = "insecure", []string{"mx.open.test"}
			tlsa(h, other)
		}, evidence.Refused, evidence.Authenticated},
		{"an exchanger without address", func(_ *evidence.Domain, h *evidence.MailHost, _ *evidence.Endpoint) {
			h.Addresses.Value = nil
		}, evidence.Refused, evidence.Refused},
		{"expired", func(_ *evidence.Domain, _ *evidence.MailHost, e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{"expired"}}
		}, evidence.Authenticated, evidence.Refused},
		{"policy names others", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) {
			d.Policy.Value.MX = []string{"mx.other.test"}
		}, evidence.Authenticated, evidence.Refused},
		{"testing", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) {
			d.Policy.Value.Mode, d.Policy.Value.MX = "testing", []string{"mx.other.test"}
		}, evidence.Authenticated, evidence.Opportunistic},
		{"mode none", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) { d.Policy.Value.Mode = "none" }, evidence.Authenticated, evidence.Opportunistic},
		{"policy at fault", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) { d.Policy.Value.Fault = "404" }, evidence.Authenticated, evidence.Opportunistic},
		{"policy unknown", func(d *evidence.Domain, _ *evidence.MailHost, _ *evidence.Endpoint) {
			d.Policy = unknown[evidence.STSPolicy]()
		}, evidence.Authenticated, evidence.Undecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, e := world(t)
			if c.change != nil {
				c.change(d, d.Hosts["mx.good.test"], e)
			}
			hops := Hops(d, []*evidence.Endpoint{e})
			if len(hops) != 1 {
				t.Fatalf("%+v", hops)
			}
			h := hops[0]
			if h.DANE.Outcome != c.dane || h.STS.Outcome != c.sts {
				t.Errorf("DANE %s (%s), want %s; MTA-STS %s (%s), want %s", h.DANE.Outcome, h.DANE.Why, c.dane, h.STS.Outcome, h.STS.Why, c.sts)
			}
			if h.DANE.Outcome != evidence.Authenticated && h.DANE.Why == "" || h.STS.Outcome != evidence.Authenticated && h.STS.Why == "" {
				t.Error("no reason")
			}
			for _, x := range []evidence.Decision{h.DANE, h.STS} {
				if x.Outcome == evidence.Refused && x.Cause == "" || x.Outcome == evidence.Authenticated && x.Cause != "" {
					t.Errorf("%s for the cause %q", x.Outcome, x.Cause)
				}
			}
		})
	}
}

// TestHeld holds records of another port against what it shows.
func TestHeld(t *testing.T) {
	d, e := world(t)
	h := d.Hosts["mx.good.test"]
	h.TLSA[993] = known(evidence.TLSA{Base: "mx.good.test", DNSSEC: evidence.Vouch{Status: "secure"}, Records: []string{
		"3 1 1 " + strings.Repeat("0a", 32), h.TLSA[25].Value.Records[0]}})
	imaps := *e
	imaps.Target.Protocol, imaps.Target.Port = "imaps", 993
	imaps.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
	silent := imaps
	silent.Target.Port = 995
	held := Held(d, []*evidence.Endpoint{e, &imaps, &silent})
	if len(held) != 2 {
		t.Fatalf("%+v", held)
	}
	for i, port := range []int{25, 993} {
		x := held[i]
		if x.Port != port || x.Outcome != evidence.Authenticated || len(x.Chains) != 1 || x.Chains[0].Certificate != "leaf" {
			t.Errorf("%+v", x)
		}
	}
	if r := held[1].Chains[0].Records; len(r) != 2 || r[0].Matches || !r[1].Matches {
		t.Errorf("%+v", r)
	}
	for _, port := range []int{25, 993} {
		f := h.TLSA[port]
		f.Value.DNSSEC.Status = "insecure"
		h.TLSA[port] = f
	}
	for _, x := range Held(d, []*evidence.Endpoint{e, &imaps}) {
		if x.Outcome != evidence.Opportunistic || len(x.Chains) != 1 {
			t.Errorf("unsigned: %+v", x)
		}
	}
}

// TestPart holds what is not known of the addresses, and exchangers that are left out, for something that senders may go to.
func TestPart(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*evidence.Domain, *evidence.MailHost)
		host   string
		why    string
	}{
		{"half of the addresses", func(_ *evidence.Domain, h *evidence.MailHost) {
			h.Addresses.State, h.Addresses.Why = evidence.Partial, "no reply"
		}, "mx.good.test", "no reply"},
		{"exchangers left out", func(d *evidence.Domain, _ *evidence.MailHost) { d.Exchange.Value.LeftOut = 3 }, "", "3 more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, e := world(t)
			c.change(d, d.Hosts["mx.good.test"])
			hops := Hops(d, []*evidence.Endpoint{e})
			if len(hops) != 2 || hops[0].Address != address || hops[0].DANE.Outcome != evidence.Authenticated {
				t.Fatalf("%+v", hops)
			}
			h := hops[1]
			if h.Host != c.host || h.Preference != 10 || h.Address.IsValid() {
				t.Errorf("%+v", h)
			}
			for _, x := range []evidence.Decision{h.DANE, h.STS} {
				if x.Outcome != evidence.Undecided || x.Cause != "" || !strings.Contains(x.Why, c.why) {
					t.Errorf("%+v", x)
				}
			}
		})
	}
}
