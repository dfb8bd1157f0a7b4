package report

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func mailPolicy(t testing.TB) *policy.Policy {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func level(t testing.TB, e Endpoint, id string) check.Level {
	t.Helper()
	for _, f := range e.Findings {
		if f.Check == id {
			return f.Level
		}
	}
	t.Fatalf("no finding of %s", id)
	return 0
}

func TestJudgeAtTheTimeOfTheScan(t *testing.T) {
	r := build(t, healthy(t), weak(t))
	for _, at := range []time.Time{{}, scanned} {
		again := Judge(r, mailPolicy(t), nil, at)
		for i, e := range again.Endpoints {
			if old := r.Endpoints[i]; e.Verdict != old.Verdict || e.Grade != old.Grade || !e.Judged.At.IsZero() {
				t.Errorf("as of %v: %s %s, was %s %s", at, e.Verdict, e.Grade, old.Verdict, old.Grade)
			}
		}
	}
}

func TestJudgeLater(t *testing.T) {
	r := build(t, healthy(t))
	later := Judge(r, mailPolicy(t), nil, scanned.Add(61*day)).Endpoints[0]
	if level(t, later, "cert-expired") != check.Warn || level(t, r.Endpoints[0], "cert-expired") != check.Pass {
		t.Error("a certificate that has expired since passes")
	}
	if !later.At.Equal(scanned) || !later.Judged.At.Equal(scanned.Add(61*day)) {
		t.Errorf("scanned at %v, judged as of %v", later.At, later.Judged.At)
	}
	if level(t, later, "cert-untrusted") != check.Pass {
		t.Error("trust depends on the time though nothing above expired")
	}
}

// TestTrustAtAnotherTime leaves trust open where another time may change it, and nowhere else.
func TestTrustAtAnotherTime(t *testing.T) {
	above := &evidence.Certificate{SHA256: "ca", NotBefore: scanned.Add(-day), NotAfter: scanned.Add(day)}
	for name, c := range map[string]struct {
		reasons []evidence.TrustReason
		days    time.Duration
		want    check.Level
	}{
		"in time":                        {nil, 0, check.Pass},
		"the issuer has expired since":   {nil, 2, check.Undecided},
		"the issuer was not valid yet":   {nil, -2, check.Undecided},
		"it had expired before":          {[]evidence.TrustReason{evidence.ExpiredPath}, 0, check.Undecided},
		"another reason does not expire": {[]evidence.TrustReason{evidence.UnknownAuthority, evidence.NotYetValid}, 2, check.Warn},
	} {
		t.Run(name, func(t *testing.T) {
			e := healthy(t)
			e.Facts.Certificates.Value[0].Certificates = []string{"leaf", "ca"}
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Trusted: c.reasons == nil, Reasons: c.reasons}
			e.Blobs.Certificates["ca"], e.Blobs.Certificates["lost"] = above, nil
			e.Blobs.Certificates["leaf"].NotBefore = scanned.Add(-5 * day)
			got := Judge(build(t, e), mailPolicy(t), nil, scanned.Add(c.days*day+time.Hour)).Endpoints[0]
			if l := level(t, got, "cert-untrusted"); l != c.want {
				t.Errorf("%s, want %s", l, c.want)
			}
			if len(e.Facts.Certificates.Value[0].Trust.Reasons) != len(c.reasons) {
				t.Error("the evidence was changed")
			}
		})
	}
}

// Ports of a host that were scanned apart are judged beside each other once they are put together.
func TestMergeJudgesPortsTogether(t *testing.T) {
	submission, closed := healthy(t), unanswered(t)
	submission.Target.Protocol, submission.Target.Port = "submission", 587
	closed.Target.Protocol, closed.Target.Port = "submissions", 465
	closed.Facts.Reachable = evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"}
	apart := []*Report{build(t, submission), build(t, closed)}
	const id = "implicit-tls-missing"
	if got := level(t, apart[0].Endpoints[0], id); got != check.NotApplicable {
		t.Errorf("alone: %s", got)
	}
	rfc9325, err := policy.Named("rfc9325")
	if err != nil {
		t.Fatal(err)
	}
	together := Merge(mailPolicy(t), []*policy.Policy{rfc9325}, apart...)
	if got := level(t, together.Endpoints[0], id); got != check.Warn {
		t.Errorf("together: %s", got)
	}
	if len(together.Endpoints[0].Others) != 1 {
		t.Error("the other policy is gone")
	}
	if Merge(mailPolicy(t), nil, nil, apart[0]) != apart[0] || Merge(mailPolicy(t), nil) != nil {
		t.Error("one report or none does not stay as it is")
	}
}

// TestKeyOfAnotherHost looks at all hosts of a report, however it came to be: built at once, put together, or judged again.
func TestKeyOfAnotherHost(t *testing.T) {
	a, b := healthy(t), healthy(t)
	b.Target.Host, b.Target.Address, b.Target.ServerName = "mx2.example.org", "192.0.2.2", "mx2.example.org"
	b.Blobs.Certificates["leaf"].Names.DNS = []string{"mx2.example.org"}
	told := func(r *Report) int {
		n := 0
		for _, e := range r.Endpoints {
			for _, f := range e.Findings {
				if f.Check == "cert-reused-key" && f.Note && e.Grade == "A+" {
					n++
				}
			}
		}
		return n
	}
	for name, c := range map[string]struct {
		r    *Report
		want int
	}{
		"alone":        {build(t, a), 0},
		"built":        {build(t, a, b), 2},
		"merged":       {Merge(mailPolicy(t), nil, build(t, a), build(t, b)), 2},
		"judged again": {Judge(build(t, a, b), mailPolicy(t), nil, time.Time{}), 2},
	} {
		if n := told(c.r); n != c.want {
			t.Errorf("%s: told of %d hosts, want %d", name, n, c.want)
		}
	}
}
