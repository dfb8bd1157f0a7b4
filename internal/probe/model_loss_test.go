package probe

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// losses are ways in which connections fail without the server having said anything about TLS. Of a server that refuses by
// hanging up, few are lost in the same way: more would fool anybody.
func losses(rng *rand.Rand, m *model) func(int, evidence.Offer) (evidence.End, bool) {
	kinds := []evidence.EndKind{evidence.EndThrottled, evidence.EndUnreachable, evidence.EndPreamble, evidence.EndMalformed}
	percent, from := rng.IntN(30), rng.IntN(200)
	if chance(rng, 2) { // a line that is not so bad that the scan is given up
		percent, from = rng.IntN(6), modelConnections
	}
	switch {
	case m.resets:
		kinds, percent, from = append(kinds, evidence.EndReset, evidence.EndTimeout), rng.IntN(6), modelConnections
	case !m.hangsUp:
		kinds = append(kinds, evidence.EndReset, evidence.EndTimeout)
	}
	return func(n int, o evidence.Offer) (evidence.End, bool) {
		if n < from && rng.IntN(100) >= percent {
			return evidence.End{}, false
		}
		end := evidence.End{Kind: some(rng, kinds...), Detail: "lost"}
		if end.Kind == evidence.EndReset && o.Version == tlswire.SSLv2 { // this is how servers refuse it
			end.Kind = evidence.EndTimeout
		}
		return end, true
	}
}

// TestModelLoss scans random servers while connections get lost: what is found may be less, but never wrong.
func TestModelLoss(t *testing.T) {
	seed := firstSeed()
	t.Logf("first seed %d", seed)
	failed, n := failures{}, 0
	for begun := time.Now(); moreServers(begun, n); n++ {
		rng := rand.New(rand.NewPCG(seed+uint64(n), 2))
		m, parallel := randomModel(rng), some(rng, 1, 5, 8)
		ep := scanModel(m, parallel, rng, losses(rng, m))
		failed.add(m.contradictions(ep), len(ep.Observations), fmt.Sprintf("seed %d, %d at once", seed+uint64(n), parallel))
		if modelSeed() != 0 {
			t.Logf("%+v", *m)
			trace(t, ep)
			break
		}
	}
	failed.report(t)
	t.Logf("%d servers", n)
}

// contradictions returns facts that say something else than what the server is.
func (m *model) contradictions(ep *evidence.Endpoint) []string {
	c, f := &comparison{f: &ep.Facts}, &ep.Facts
	honest(c, "versions", f.Versions, m.speaks(), versions)
	for _, v := range versions {
		want := m.suites[v]
		if v == tlswire.SSLv2 {
			want = m.v2
		}
		honest(c, "suites of "+v.String(), inVersion(f.Suites, v), want, templateSuites(v))
	}
	if m.suites[tlswire.TLS13] != nil {
		honest(c, "groups13", f.GroupsTLS13, m.groups13, groups13)
		honest(c, "signatures of TLS 1.3", inVersion(f.Signatures, tlswire.TLS13), m.schemes13, schemes13)
	}
	if m.usesIn(usesGroup, namesGroups) {
		honest(c, "groups12", f.GroupsTLS12, m.groups12, curves)
	}
	honest(c, "signatures of TLS 1.2", inVersion(f.Signatures, tlswire.TLS12), m.signing12(), schemes12)
	honest(c, "intolerances", f.Intolerances, m.failing(), []evidence.Intolerance{evidence.IntoleratesVersion, evidence.IntoleratesExtensions,
		evidence.IntoleratesSize256, evidence.IntoleratesSize512, evidence.IntoleratesSize1500, evidence.IntoleratesSize4096,
		evidence.IntoleratesFragments, evidence.IntoleratesLongLists})
	if f.FallbackSCSV.State == evidence.Known && f.FallbackSCSV.Value != m.fallback {
		c.fault("fallback-scsv: %v", f.FallbackSCSV.Value)
	}
	for v, p := range m.preferences() {
		if got, ok := f.Preference.Value[v]; ok && got != p && f.Suites.State == evidence.Known {
			c.fault("preference: %v: %q, want %q", v, got, p)
		}
	}
	return c.wrong
}

// inVersion is the part of a fact that is about one version.
func inVersion[T any](f evidence.Fact[evidence.PerVersion[T]], v tlswire.Version) evidence.Fact[[]T] {
	return evidence.Fact[[]T]{State: f.State, Value: f.Value[v], Open: f.Open[v], Why: f.Why}
}

// honest checks that a set claims nothing that is not so, and denies nothing that is.
func honest[T comparable](c *comparison, name string, f evidence.Fact[[]T], want, universe []T) {
	for _, x := range slices.Concat(universe, want, f.Value) {
		is := slices.Contains(want, x)
		switch got := evidence.Has(f, x); {
		case got == evidence.Yes && !is:
			c.fault("%s invented: %v; %v, value %v", name, x, f.State, f.Value)
			return
		case got == evidence.No && is && f.State != evidence.Inapplicable:
			c.fault("%s denied: %v; %v, value %v, want %v", name, x, f.State, f.Value, want)
			return
		case got == evidence.No && is:
			c.fault("%s inapplicable: %v; want %v", name, f.Why, want)
			return
		}
	}
}

// TestModelAgain derives the facts once more, from the evidence as it is stored.
func TestModelAgain(t *testing.T) {
	seed := firstSeed()
	for n := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed+n, 3))
		m := randomModel(rng)
		loss := losses(rng, m)
		if n%2 == 0 {
			loss = nil
		}
		ep := scanModel(m, 5, rng, loss)
		stored, err := json.Marshal(ep)
		if err != nil {
			t.Fatalf("seed %d: storing the evidence: %v", seed+n, err)
		}
		var again evidence.Endpoint
		if err := json.Unmarshal(stored, &again); err != nil {
			t.Fatalf("seed %d: reading the evidence: %v", seed+n, err)
		}
		again.Facts = evidence.Facts{}
		floor := again.Cost.Floor
		Derive(&again, nil)
		if diff := cmp.Diff(facts(t, ep), facts(t, &again)); diff != "" || floor != again.Cost.Floor {
			t.Errorf("seed %d: facts of the stored evidence differ (floor %d, %d):\n%s", seed+n, floor, again.Cost.Floor, diff)
		}
	}
}

// facts are the facts as they are written.
func facts(t *testing.T, ep *evidence.Endpoint) string {
	t.Helper()
	out, err := json.MarshalIndent(ep.Facts, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
