package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func others(t testing.TB, names ...string) []*policy.Policy {
	t.Helper()
	if len(names) == 0 {
		names = policy.Names()
	}
	var out []*policy.Policy
	for _, name := range names {
		p, err := policy.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != policy.Mail {
			out = append(out, p)
		}
	}
	return out
}

func TestTextOfOpinions(t *testing.T) {
	for _, c := range []struct {
		name     string
		endpoint *evidence.Endpoint
		policies []*policy.Policy
		opt      TextOptions
	}{
		{"policies-healthy-80", healthy(t), others(t), TextOptions{}},
		{"policies-weak-80", weak(t), others(t, "mozilla-old", "bsi-tr-02102-2", "legacy"), TextOptions{}},
		{"policies-weak-80-colour", weak(t), others(t, "rfc9325"), TextOptions{Color: true}},
		{"policies-weak-100-plain-verbose", weak(t), others(t, "pci-dss-4"), TextOptions{Width: 100, Plain: true, Verbose: true}},
		{"policies-throttled-80", throttled(t), others(t), TextOptions{}},
		{"policies-unanswered-80", unanswered(t), others(t), TextOptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := WriteText(&got, Judge(build(t, c.endpoint), mailPolicy(t), c.policies, time.Time{}), c.opt); err != nil {
				t.Fatal(err)
			}
			golden(t, c.name+".txt", got.Bytes())
			fits(t, got.String(), max(c.opt.Width, 80))
		})
	}
}

// TestTextOfPolicies writes every policy, at widths that make its lines wrap.
func TestTextOfPolicies(t *testing.T) {
	for _, p := range append(others(t), mailPolicy(t)) {
		for _, width := range []int{60, 80, 120} {
			var got bytes.Buffer
			if err := WritePolicy(&got, p, TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			fits(t, got.String(), width)
			for row := range p.Rows() {
				if text := strings.Join(strings.Fields(got.String()), " "); !strings.Contains(text, row.Rule.Clause) {
					t.Errorf("%s: %s is not shown", p.Name, row.ID)
				}
			}
		}
	}
}

func opinion(t testing.TB, e *evidence.Endpoint, name string) Opinion {
	t.Helper()
	return Judge(build(t, e), mailPolicy(t), others(t, name), time.Time{}).Endpoints[0].Others[0]
}

func rowLevel(o Opinion, id string) check.Level {
	for _, f := range o.Findings {
		if f.Check == id {
			return f.Level
		}
	}
	return check.NotApplicable
}

// TestOtherPoliciesLeaveTheGrade gives the same verdict and grade with and without others.
func TestOtherPoliciesLeaveTheGrade(t *testing.T) {
	for _, e := range []*evidence.Endpoint{healthy(t), weak(t), throttled(t), unanswered(t)} {
		alone, together := build(t, e).Endpoints[0], Judge(build(t, e), mailPolicy(t), others(t), time.Time{}).Endpoints[0]
		if alone.Verdict != together.Verdict || alone.Grade != together.Grade || alone.AtBest != together.AtBest {
			t.Errorf("%s %s, alone %s %s", together.Verdict, together.Grade, alone.Verdict, alone.Grade)
		}
	}
}

// TestOpinionsDoNotPassWhatIsNotKnown takes each fact away in turn, and all: no policy may pass then that reads it.
func TestOpinionsDoNotPassWhatIsNotKnown(t *testing.T) {
	for _, p := range others(t) {
		o := opinion(t, unanswered(t), p.Name)
		for _, f := range o.Findings {
			if f.Level != check.Undecided {
				t.Errorf("%s: nothing is known, and %s is %s", p.Name, f.Check, f.Level)
			}
		}
		if o.Verdict != Incomplete {
			t.Errorf("%s: nothing is known, and the verdict is %s", p.Name, o.Verdict)
		}
	}
}

// TestOpenFactsDecideWhereTheyCan reads lists that are known in part.
func TestOpenFactsDecideWhereTheyCan(t *testing.T) {
	e := healthy(t)
	e.Facts.GroupsTLS13 = evidence.Fact[[]tlswire.Group]{State: evidence.Partial, Why: "throttled",
		Value: []tlswire.Group{tlswire.X25519}, Open: []tlswire.Group{tlswire.Secp256r1}}
	e.Facts.Extensions = evidence.Fact[evidence.PerVersion[tlswire.ExtensionType]]{State: evidence.Partial, Why: "throttled",
		Value: evidence.PerVersion[tlswire.ExtensionType]{tlswire.TLS12: {tlswire.ExtensionExtendedMasterSecret}}}
	for _, c := range []struct {
		policy, row string
		want        check.Level
	}{
		{"mozilla-intermediate", "groups-others", check.Pass},        // what is open is on the list
		{"bsi-tr-02102-2", "groups-others", check.Fail},              // x25519 was seen
		{"rfc9325", "groups-needed", check.Undecided},                // secp256r1 is open
		{"nist-800-52r2", "groups-needed", check.Undecided},          // secp256r1 is open
		{"bsi-tr-03108", "groups-needed-tls1.3", check.Warn},         // brainpool is refused
		{"rfc9325", "extension-master-secret", check.Pass},           // answered
		{"rfc9325", "extension-renegotiation", check.Undecided},      // not seen, and not all was
		{"ncsc-nl-2025", "extension-renegotiation", check.Undecided}, // nor here
		{"bsi-tr-02102-2", "extension-heartbeat", check.Undecided},
	} {
		if got := rowLevel(opinion(t, e, c.policy), c.row); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.policy, c.row, got, c.want)
		}
	}
}

// TestOneRowTellsOfBothVersions has groups of TLS 1.2 and of TLS 1.3 on one list.
func TestOneRowTellsOfBothVersions(t *testing.T) {
	e := healthy(t)
	e.Facts.GroupsTLS12 = known([]tlswire.Group{tlswire.X448})
	e.Facts.GroupsTLS13 = known([]tlswire.Group{tlswire.FFDHE2048})
	for _, f := range opinion(t, e, "mozilla-intermediate").Findings {
		if f.Check == "groups-others" && (len(f.Seen) != 2 || !strings.Contains(f.Message, "TLS 1.2") || !strings.Contains(f.Message, "TLS 1.3")) {
			t.Errorf("got %+v", f)
		}
	}
}

// TestDatesOfPolicies judges a server by what BSI said of PKCS #1 and of DHE, before and after.
func TestDatesOfPolicies(t *testing.T) {
	r := build(t, healthy(t))
	for _, c := range []struct {
		at   string
		want check.Level
	}{{"2025-12-31", check.Pass}, {"2026-01-01", check.Fail}} {
		at, err := time.Parse(time.DateOnly, c.at)
		if err != nil {
			t.Fatal(err)
		}
		o := Judge(r, mailPolicy(t), others(t, "bsi-tr-02102-2"), at).Endpoints[0].Others[0]
		if got := rowLevel(o, "signatures-others"); got != c.want {
			t.Errorf("at %s: %s, want %s", c.at, got, c.want)
		}
	}
}

func postfix(t testing.TB) *Report {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "postfix.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPostfix judges what Debian's Postfix showed as it comes out of the box, by what is known of it from its sources.
func TestPostfix(t *testing.T) {
	e := Judge(postfix(t), mailPolicy(t), others(t), time.Time{}).Endpoints[0]
	want := map[string]Verdict{"legacy": Warn}
	for _, o := range e.Others {
		verdict, ok := want[o.Policy]
		if !ok {
			verdict = Fail // TLS 1.0 and 1.1, suites without forward secrecy
		}
		if o.Verdict != verdict {
			t.Errorf("%s: %s, want %s", o.Policy, o.Verdict, verdict)
		}
	}
}

// BenchmarkJudge judges the stored evidence of a Postfix by all policies there are.
func BenchmarkJudge(b *testing.B) {
	r, mail, all := postfix(b), mailPolicy(b), others(b)
	b.ReportAllocs()
	for b.Loop() {
		Judge(r, mail, all, time.Time{})
	}
}

// BenchmarkReadAndJudge also reads the evidence and the policies.
func BenchmarkReadAndJudge(b *testing.B) {
	for b.Loop() {
		Judge(postfix(b), mailPolicy(b), others(b), time.Time{})
	}
}
