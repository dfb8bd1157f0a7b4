package report

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// TestJudgeDomain judges a domain by another policy than it was judged by, beside others, and leaves the report given as it was.
func TestJudgeDomain(t *testing.T) {
	r := faulty(t)
	d := r.Domains[0]
	if d.Verdict != Fail || fault(t, d).Level != check.Fail || len(d.Roles) != 3 {
		t.Errorf("by the strict policy: %+v", d.Findings)
	}
	house := strict(t)
	house.Name = "house"
	again := Judge(r, mailPolicy(t), []*policy.Policy{house, others(t, "rfc9325")[0]}, time.Time{}).Domains[0]
	if len(again.Others) != 1 || again.Others[0].Policy != "house" || again.Others[0].Verdict != Fail || among(again.Others[0].Findings, []check.Level{check.Fail}) == 0 {
		t.Errorf("the only other policy with a row about domains says %+v", again.Others)
	}
	if again.Judged.Policy != "mail" || d.Others != nil {
		t.Errorf("judged by %+v; the report given has %+v", again.Judged, d.Others)
	}
	if skipped := *r; true {
		skipped.Run.Skip = []string{"mta-sts-policy-unreachable"}
		if d := Judge(&skipped, mailPolicy(t), []*policy.Policy{house}, time.Time{}).Domains[0]; len(d.Others) > 0 && among(d.Others[0].Findings, []check.Level{check.Fail}) > 0 {
			t.Errorf("what is left out is judged: %+v", d.Others)
		}
	}
}

// TestJudgeDomainLater takes nothing for sure that rests on certificates whose dates are over by then.
func TestJudgeDomainLater(t *testing.T) {
	s := soundDomain(t)
	anchor := func(outcome evidence.Outcome, matches bool) evidence.Decision {
		return evidence.Decision{Outcome: outcome, Records: []evidence.TLSAResult{{Record: "2 0 1 00", Matches: matches}}}
	}
	s.domain.Hops[1].DANE, s.domain.Hops[2].DANE = anchor(evidence.Authenticated, true), anchor(evidence.Opportunistic, false)
	s.domain.Hops[2].STS.Outcome = evidence.Opportunistic
	for _, record := range []string{"2 0 1 00", "3 0 1 00"} {
		s.domain.Held = append(s.domain.Held, evidence.Held{Protocol: "imaps", Host: "mail.example.org", Port: 993, Address: netip.MustParseAddr("192.0.2.30"),
			Outcome: evidence.Authenticated, Chains: []evidence.HeldChain{{Records: []evidence.TLSAResult{{Record: record, Matches: true}}}}})
	}
	r := s.report(t)
	late := scanned.Add(200 * day)
	seen := &check.DomainSubject{Domain: s.domain, Endpoints: s.endpoints}
	at := domainAt(seen, late)
	for i, want := range []struct{ dane, sts evidence.Outcome }{
		{evidence.Authenticated, evidence.Undecided}, {evidence.Undecided, evidence.Undecided}, {evidence.Opportunistic, evidence.Opportunistic},
	} {
		if h := at.Domain.Hops[i]; h.DANE.Outcome != want.dane || h.STS.Outcome != want.sts {
			t.Errorf("hop %d: %s and %s, want %v", i, h.DANE.Outcome, h.STS.Outcome, want)
		}
	}
	if h := at.Domain.Held; h[0].Outcome != evidence.Undecided || h[1].Outcome != evidence.Authenticated || s.domain.Held[0].Outcome != evidence.Authenticated {
		t.Errorf("records held against certificates: %+v", h)
	}
	if soon := domainAt(seen, scanned.Add(day)); soon.Domain.Hops[1].DANE.Outcome != evidence.Authenticated || !soon.Domain.At.Equal(scanned.Add(day)) {
		t.Errorf("a day later: %+v", soon.Domain.Hops[1])
	}
	judged := Judge(r, mailPolicy(t), nil, late)
	d := judged.Domains[0]
	if !d.Judged.At.Equal(late) || !d.At.Equal(scanned) || d.Hops[1].DANE.Outcome != evidence.Authenticated || d.SHA256 != r.Domains[0].SHA256 {
		t.Errorf("judged as of %v; the evidence was changed: %v, %+v", d.Judged.At, d.At, d.Hops[1])
	}
	if d.Verdict == Pass || r.Domains[0].Verdict != Pass {
		t.Errorf("the certificates have ended, and the verdict is %v; it was %v", d.Verdict, r.Domains[0].Verdict)
	}
}

// TestDomainVerdict holds by what is known of a domain.
func TestDomainVerdict(t *testing.T) {
	for name, want := range map[string]Verdict{"sound": Pass, "null": Pass, "none": Warn, "dead": Incomplete} {
		r := domainKinds(t)[name]
		if r.Domains[0].Verdict != want || r.Complete() != (want != Incomplete) {
			t.Errorf("%s: %v, complete %v", name, r.Domains[0].Verdict, r.Complete())
		}
	}
	if r := faulty(t); r.Domains[0].Verdict != Fail {
		t.Errorf("a domain that fails is %v", r.Domains[0].Verdict)
	}
}

// TestJudgeEveryChainLater ages what senders do where any chain rests on dates, and not only the one whose records are kept with the hop.
func TestJudgeEveryChainLater(t *testing.T) {
	s := soundDomain(t)
	byKey, byAnchor := evidence.TLSAResult{Record: "3 1 1 00", Matches: true}, evidence.TLSAResult{Record: "2 0 1 00", Matches: true}
	s.domain.Hops[1].DANE.Records = []evidence.TLSAResult{byKey}
	s.domain.Held = append(s.domain.Held, evidence.Held{Protocol: "smtp", Host: "mx1.example.org", Port: 25, Address: s.domain.Hops[1].Address,
		Outcome: evidence.Authenticated, Chains: []evidence.HeldChain{{Records: []evidence.TLSAResult{byKey}}, {Records: []evidence.TLSAResult{byAnchor}}}})
	at := domainAt(&check.DomainSubject{Domain: s.domain, Endpoints: s.endpoints}, scanned.Add(200*day)).Domain
	if at.Held[0].Outcome != evidence.Undecided || at.Hops[1].DANE.Outcome != evidence.Undecided {
		t.Errorf("held: %s, hop: %s", at.Held[0].Outcome, at.Hops[1].DANE.Outcome)
	}
	if at.Hops[0].DANE.Outcome != evidence.Authenticated {
		t.Errorf("another address, whose key is what counts: %s", at.Hops[0].DANE.Outcome)
	}
	var b strings.Builder
	r := Judge(s.report(t), mailPolicy(t), nil, scanned.Add(200*day))
	if err := WriteText(&b, r, TextOptions{}); err != nil || !strings.Contains(b.String(), "as of the scan (2026-11-23)") {
		t.Errorf("that what senders do is as of the scan is not told: %v", err)
	}
	b.Reset()
	if err := WriteHTML(&b, r); err != nil || !strings.Contains(b.String(), "as of the scan (2026-11-23)") {
		t.Errorf("nor on the page: %v", err)
	}
}
