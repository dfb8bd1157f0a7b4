package probe

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// propertyServers is how many random servers a test scans: with -probe.model, as many as fit in half a minute.
const propertyServers = 100

// moreServers reports whether the test that begun and has scanned n servers goes on.
func moreServers(begun time.Time, n int) bool {
	if *modelFlag {
		return time.Since(begun) < 30*time.Second
	}
	return n < propertyServers
}

// firstSeed is that of the first random server: always the same, unless the flags ask for others.
func firstSeed() uint64 {
	switch {
	case modelSeed() != 0:
		return modelSeed()
	case *modelFlag:
		return uint64(time.Now().UnixNano())
	}
	return 1
}

// TestModelFacts scans random servers and compares all facts with what the servers are. Where a server cannot read some
// hellos, facts may be less than known; elsewhere, of one server in twenty at most.
func TestModelFacts(t *testing.T) {
	seed := firstSeed()
	t.Logf("first seed %d; -probe.seed=N repeats one server", seed)
	failed, n, unfinished := failures{}, 0, 0
	for begun := time.Now(); moreServers(begun, n); n++ {
		rng := rand.New(rand.NewPCG(seed+uint64(n), 1))
		m, parallel := randomModel(rng), some(rng, 1, 5, 8)
		ep := scanModel(m, parallel, rng, nil)
		wrong := m.contradictions(ep)
		if len(m.fails) == 0 {
			wrong = append(wrong, m.compare(ep)...)
		}
		where := fmt.Sprintf("seed %d, %d at once", seed+uint64(n), parallel)
		open := slices.DeleteFunc(slices.Clone(wrong), func(w string) bool { return !leavesOpen(w) })
		if len(open) > 0 {
			t.Logf("%s leaves open: %.150q", where, open)
			unfinished++
		}
		failed.add(slices.DeleteFunc(wrong, leavesOpen), ep.Cost.Floor, where)
		if modelSeed() != 0 {
			t.Logf("%+v", *m)
			trace(t, ep)
			break
		}
	}
	failed.report(t)
	if unfinished > n/20 {
		t.Errorf("%d of %d servers leave facts open that could be known", unfinished, n)
	}
}

// leavesOpen reports whether what is wrong is only that a fact could be known and is not: random servers have combinations
// that no real one has, and that no question is worth.
func leavesOpen(wrong string) bool {
	return strings.Contains(wrong, " state: partial, want") || strings.Contains(wrong, " state: unknown, want") || strings.HasPrefix(wrong, "repeats: finished")
}

// failures are what went wrong, by kind, each with the smallest server that shows it.
type failures map[string]*failure

type failure struct {
	count, size int
	example     string
}

func (f failures) add(wrong []string, size int, where string) {
	for _, w := range wrong {
		kind, _, _ := strings.Cut(w, ":")
		if f[kind] == nil {
			f[kind] = &failure{size: size + 1}
		}
		if f[kind].count++; size < f[kind].size {
			f[kind].size, f[kind].example = size, fmt.Sprintf("%s: %.400s", where, w)
		}
	}
}

func (f failures) report(t *testing.T) {
	t.Helper()
	for _, kind := range slices.Sorted(maps.Keys(f)) {
		t.Errorf("%d servers with wrong %s, the smallest: %s", f[kind].count, kind, f[kind].example)
	}
}

// trace logs all connections of a scan.
func trace(t *testing.T, ep *evidence.Endpoint) {
	for i := range ep.Observations {
		o := &ep.Observations[i]
		r := readReply(o)
		t.Logf("%4d-%4dms %-20s %v only=%d(%v) wo=%d first=%v last=%v groups=%v schemes=%d shares=%v -> %v %v %v %v %v %v", o.Start.Milliseconds(),
			(o.Start + o.Timing.End).Milliseconds(), o.ID, o.Offer.Variants, len(o.Offer.Suites.Only), r.offer.Suites.Only[:min(3, len(r.offer.Suites.Only))],
			len(o.Offer.Suites.Without), o.Offer.Suites.First, o.Offer.Suites.Last, o.Offer.Groups[:min(5, len(o.Offer.Groups))], len(o.Offer.Schemes), o.Offer.KeyShares, o.End.Kind, r.version, r.suite, r.group, r.scheme, o.End.Alert)
	}
}

// compare returns what is wrong in the facts of ep.
func (m *model) compare(ep *evidence.Endpoint) []string {
	if ep.Ended != "" {
		return []string{"end: " + ep.Ended}
	}
	c := &comparison{f: &ep.Facts}
	c.repeats(ep)
	c.versions(m)
	c.suites(m)
	c.preference(m)
	c.groups("groups13", ep.Facts.GroupsTLS13, ep.Facts.GroupPreferenceTLS13, m.groups13, m.order13, m.suites[tlswire.TLS13] != nil, false)
	c.groups("groups12", ep.Facts.GroupsTLS12, ep.Facts.GroupPreferenceTLS12, m.groups12, m.order12, m.usesIn(usesGroup, namesGroups),
		!m.uses(func(i tlswire.SuiteInfo) bool { return usesGroup(i) && i.Auth != tlswire.AuthECDSA }))
	c.signatures(m)
	c.rest(m)
	return c.wrong
}

type comparison struct {
	f     *evidence.Facts
	wrong []string
}

func (c *comparison) fault(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// state checks that a fact has the state it should have.
func state[T any](c *comparison, name string, f evidence.Fact[T], want evidence.State) bool {
	if f.State != want {
		c.fault("%s state: %v, want %v; value %v, open %v, why %q", name, f.State, want, f.Value, f.Open, f.Why)
	}
	return f.State == evidence.Known
}

// set checks a set, and its order where it has one.
func set[T comparable](c *comparison, name string, got, want []T, ordered bool) {
	for _, x := range got {
		if !slices.Contains(want, x) {
			c.fault("%s invented: %v; got %v, want %v", name, x, got, want)
			return
		}
	}
	for _, x := range want {
		if !slices.Contains(got, x) {
			c.fault("%s missed: %v; got %v, want %v", name, x, got, want)
			return
		}
	}
	if ordered && !slices.Equal(got, want) {
		c.fault("%s order: got %v, want %v", name, got, want)
	}
}

func (m *model) speaks() []tlswire.Version {
	var list []tlswire.Version
	if m.v2 != nil {
		list = append(list, tlswire.SSLv2)
	}
	for v := range m.suites {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}

// uses reports whether some suite of TLS 1.2 or older is accepted that match accepts.
func (m *model) uses(match func(tlswire.SuiteInfo) bool) bool { return m.usesIn(match, old) }

// usesIn reports the same of the versions that in accepts.
func (m *model) usesIn(match func(tlswire.SuiteInfo) bool, in func(tlswire.Version) bool) bool {
	for v, list := range m.suites {
		if in(v) && slices.ContainsFunc(list, func(s tlswire.Suite) bool { i, _ := s.Info(); return match(i) }) {
			return true
		}
	}
	return false
}

func (c *comparison) versions(m *model) {
	if state(c, "versions", c.f.Versions, evidence.Known) {
		set(c, "versions", c.f.Versions.Value, m.speaks(), true)
	}
}

func (c *comparison) suites(m *model) {
	if !state(c, "suites", c.f.Suites, evidence.Known) {
		return
	}
	for v, want := range m.suites {
		set(c, "suites of "+v.String(), c.f.Suites.Value[v], want, m.order != clientDecides && c.f.Suites.Why == "")
	}
	if m.v2 != nil {
		set(c, "suites of SSLv2", c.f.Suites.Value[tlswire.SSLv2], m.v2, false)
	}
}

// preferences are what a scan can tell about the versions with a choice of suites.
func (m *model) preferences() map[tlswire.Version]evidence.Preference {
	want := map[tlswire.Version]evidence.Preference{}
	for v, list := range m.suites {
		if len(list) < 2 {
			continue
		}
		switch i := slices.IndexFunc(list, isChaCha); {
		case m.order == clientDecides:
			want[v] = evidence.ClientOrder
		case m.order == serverDecides || i <= 0:
			want[v] = evidence.ServerOrder
		default:
			want[v] = evidence.ServerOrderChaCha
		}
	}
	return want
}

// ambiguous reports whether a version has, beside ChaCha20, one suite only: then a server that prefers that suite, but puts
// ChaCha20 first for clients that do, cannot be told from one that follows the client.
func (m *model) ambiguous(v tlswire.Version) bool {
	list := m.suites[v]
	return len(list) == 2 && isChaCha(list[0]) != isChaCha(list[1]) && m.order != serverDecides
}

func (c *comparison) preference(m *model) {
	want := m.preferences()
	if slices.ContainsFunc(slices.Collect(maps.Keys(want)), m.ambiguous) {
		return
	}
	if len(want) == 0 {
		state(c, "preference", c.f.Preference, evidence.Inapplicable)
		return
	}
	if !state(c, "preference", c.f.Preference, evidence.Known) {
		return
	}
	for v, p := range want {
		if got := c.f.Preference.Value[v]; got != p {
			c.fault("preference: %v: %q, want %q", v, got, p)
		}
	}
}

func (c *comparison) groups(name string, f evidence.Fact[[]tlswire.Group], p evidence.Fact[evidence.Preference], want []tlswire.Group, order orderKind, used, shadowed bool) {
	if !used {
		state(c, name, f, evidence.Inapplicable)
		return
	}
	if shadowed && f.State == evidence.Partial { // the certificate's own curve has to be offered, and may be picked each time
		return
	}
	if state(c, name, f, evidence.Known) {
		set(c, name, f.Value, want, order == serverDecides && len(want) > 1 && f.Why == "")
	}
	if len(want) < 2 {
		state(c, name+" preference", p, evidence.Inapplicable)
		return
	}
	if state(c, name+" preference", p, evidence.Known) && p.Value != map[orderKind]evidence.Preference{clientDecides: evidence.ClientOrder, serverDecides: evidence.ServerOrder}[order] {
		c.fault("%s preference: got %q", name, p.Value)
	}
}

// signing12 are the schemes that go with the suites of TLS 1.2.
func (m *model) signing12() []tlswire.SignatureScheme {
	return slices.DeleteFunc(slices.Clone(m.schemes12), func(s tlswire.SignatureScheme) bool {
		return !slices.ContainsFunc(m.suites[tlswire.TLS12], func(x tlswire.Suite) bool { i, _ := x.Info(); return usesSignature(i) && signsFor(s, i.Auth) })
	})
}

func (c *comparison) signatures(m *model) {
	want := evidence.PerVersion[tlswire.SignatureScheme]{}
	if m.suites[tlswire.TLS13] != nil {
		want[tlswire.TLS13] = m.schemes13
	}
	if list := m.signing12(); len(list) > 0 {
		want[tlswire.TLS12] = list
	}
	if len(want) == 0 {
		state(c, "signatures", c.f.Signatures, evidence.Inapplicable)
		return
	}
	if !state(c, "signatures", c.f.Signatures, evidence.Known) {
		return
	}
	for v, list := range want {
		set(c, "signatures of "+v.String(), c.f.Signatures.Value[v], list, false)
	}
}

func (c *comparison) rest(m *model) {
	oldSpoken := slices.ContainsFunc(m.speaks(), old)
	if !oldSpoken {
		state(c, "compression", c.f.Compression, evidence.Inapplicable)
	} else if state(c, "compression", c.f.Compression, evidence.Known) {
		want := []tlswire.CompressionMethod{m.compression}
		if m.compression == tlswire.CompressionNull {
			want = nil
		}
		set(c, "compression", c.f.Compression.Value, want, false)
	}
	tls := slices.DeleteFunc(m.speaks(), func(v tlswire.Version) bool { return v < tlswire.TLS10 })
	if len(tls) < 2 {
		state(c, "fallback-scsv", c.f.FallbackSCSV, evidence.Inapplicable)
	} else if state(c, "fallback-scsv", c.f.FallbackSCSV, evidence.Known) && c.f.FallbackSCSV.Value != m.fallback {
		c.fault("fallback-scsv: %v", c.f.FallbackSCSV.Value)
	}
	c.keys(m)
	c.intolerances(m, tls)
	if len(tls) > 0 {
		state(c, "alpn", c.f.ALPN, evidence.Known)
	}
}

func (c *comparison) keys(m *model) {
	dh, ec := m.uses(isDHE), m.uses(usesGroup)
	if !dh {
		state(c, "dh-params", c.f.DHParams, evidence.Inapplicable)
	} else if state(c, "dh-params", c.f.DHParams, evidence.Known) && (len(c.f.DHParams.Value) != 1 || !slices.Equal(c.f.DHParams.Value[0].P, m.dh.P)) {
		c.fault("dh-params: %v", c.f.DHParams.Value)
	}
	if !dh && !ec {
		state(c, "key-reuse", c.f.KeyReuse, evidence.Inapplicable)
		return
	}
	if state(c, "key-reuse", c.f.KeyReuse, evidence.Known) && (c.f.KeyReuse.Value.DH != (dh && m.reusesDH) || c.f.KeyReuse.Value.ECDH != (ec && m.reusesEC)) {
		c.fault("key-reuse: %+v", c.f.KeyReuse.Value)
	}
}

func (c *comparison) intolerances(m *model, tls []tlswire.Version) {
	if len(tls) == 0 {
		return
	}
	want := m.failing()
	if m.first64 && !slices.Contains(want, evidence.IntoleratesLongLists) && slices.Contains(c.f.Intolerances.Value, evidence.IntoleratesLongLists) {
		want = append(want, evidence.IntoleratesLongLists) // need not be asked, but may be
	}
	if state(c, "intolerances", c.f.Intolerances, evidence.Known) {
		set(c, "intolerances", c.f.Intolerances.Value, want, false)
	}
}

// failing are the intolerances that a scan can tell.
func (m *model) failing() []evidence.Intolerance {
	want := slices.Clone(m.fails)
	if m.first64 {
		want = append(want, evidence.IntoleratesLongLists)
	}
	if !slices.ContainsFunc(m.speaks(), old) {
		want = slices.DeleteFunc(want, func(f evidence.Intolerance) bool {
			return f == evidence.IntoleratesVersion || f == evidence.IntoleratesLongLists
		})
	}
	if slices.Contains(want, evidence.IntoleratesSize1500) && !slices.Contains(want, evidence.IntoleratesSize4096) {
		want = append(want, evidence.IntoleratesSize4096)
	}
	return want
}

// repeats checks that nothing is asked twice, apart from what is meant to be.
func (c *comparison) repeats(ep *evidence.Endpoint) {
	seen := map[string]string{}
	for i := range ep.Observations {
		o := &ep.Observations[i]
		switch question := questionOf(o.ID); {
		case question == controlQuestion, question == "key-reuse", question == "long-lists", question == "confirm", strings.HasPrefix(question, "tolerance-"):
			continue
		}
		if o.Offer.Attack != "" || o.End.Kind == evidence.EndTimeout { // may be asked once more
			continue
		}
		key := fmt.Sprintf("%v %v", o.Offer, offeredSuites(o.Offer))
		if first, ok := seen[key]; ok {
			c.fault("repeats: %s asks what %s asked: %.200s", o.ID, first, fmt.Sprint(o.Offer))
			return
		}
		seen[key] = o.ID
	}
}
