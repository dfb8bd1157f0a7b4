package hostiletest

import (
	"flag"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/agree"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

var allPolicies = flag.Bool("all-policies", false, "scan every server of the lab quickly by all policies, and every hostile one quickly, not some")

// checkQuick scans s once more, quickly, and wants the judgement that full, what a full scan found, leads to: for either role,
// and by all policies if they are asked for.
func checkQuick(t *testing.T, s lab.Server, full *evidence.Endpoint, cfg probe.Config) {
	t.Helper()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Quick, cfg.Goal = true, append(check.Needs(mail, policy.Access), check.Needs(mail, policy.Relay)...)
	quick := scan(t, s, cfg)
	t.Logf("quick: %d connections", quick.Cost.Connections)
	compareQuick(t, quick, full, nil)
	if !*allPolicies && len(s.Name)%4 != 0 { // a sample
		return
	}
	others := otherPolicies(t)
	for _, p := range others {
		cfg.Goal = append(cfg.Goal, check.RowNeeds(p.At(time.Now()))...)
	}
	all := scan(t, s, cfg)
	t.Logf("quick, by all policies: %d connections", all.Cost.Connections)
	compareQuick(t, all, full, others)
}

func compareQuick(t *testing.T, quick, full *evidence.Endpoint, others []*policy.Policy) {
	t.Helper()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []func(*evidence.Endpoint) *evidence.Endpoint{strictly, func(e *evidence.Endpoint) *evidence.Endpoint { return e }} {
		for _, wrong := range agree.Differences(judgedBy(t, as(quick), mail, others, true), judgedBy(t, as(full), mail, others, false), mail) {
			t.Error("quick scan: " + wrong)
		}
	}
}

// checkNoContradiction scans s once more, quickly, and wants nothing decided otherwise than in full.
func checkNoContradiction(t *testing.T, s lab.Server, full report.Endpoint, cfg probe.Config) {
	t.Helper()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Quick, cfg.Goal = true, append(check.Needs(mail, policy.Access), check.Needs(mail, policy.Relay)...)
	for _, wrong := range agree.Contradictions(judgedBy(t, scan(t, s, cfg), mail, nil, true), full) {
		t.Error("quick scan: " + wrong)
	}
}

// judgedBy judges by mail and others.
func judgedBy(t *testing.T, ep *evidence.Endpoint, mail *policy.Policy, others []*policy.Policy, quick bool) report.Endpoint {
	t.Helper()
	r := report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{Quick: quick}, mail, ep)
	return report.Judge(r, mail, others, ep.At).Endpoints[0]
}

func otherPolicies(t *testing.T) []*policy.Policy {
	t.Helper()
	var list []*policy.Policy
	for _, name := range policy.Names() {
		p, err := policy.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != policy.Mail {
			list = append(list, p)
		}
	}
	return list
}
