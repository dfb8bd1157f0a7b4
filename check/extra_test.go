package check

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// judged judges e by all checks and returns the finding of one, if there is any.
func judged(t *testing.T, s *Subject, id string) (Finding, bool) {
	t.Helper()
	findings := RunAll(s, mailPolicy(t))
	i := slices.IndexFunc(findings, func(f Finding) bool { return f.Check == id })
	if i < 0 {
		return Finding{}, false
	}
	return findings[i], true
}

// TestExtraChecks are left out where a scan did not ask for what they need, and else told like the others.
func TestExtraChecks(t *testing.T) {
	open := func(why string, quick bool) *Subject {
		e := healthy(t)
		e.Facts.Intolerances = evidence.Fact[[]evidence.Intolerance]{State: evidence.Unknown, Why: why}
		s := NewSubject(e)
		s.Quick = quick
		return s
	}
	const id = "grease-intolerance"
	if f, ok := judged(t, open(evidence.NotAsked, false), id); ok {
		t.Errorf("passive scan: %+v", f)
	}
	for _, quick := range []bool{false, true} { // the answer has weight, so both ask
		if f, ok := judged(t, open("timeout", quick), id); !ok || f.Level != Undecided || f.Aside {
			t.Errorf("quick %v: %v %+v", quick, ok, f)
		}
	}
	pqc := healthy(t)
	pqc.Facts.GroupsTLS13 = evidence.Fact[[]tlswire.Group]{State: evidence.Unknown, Why: "timeout"}
	light := NewSubject(pqc)
	light.Quick = true
	if f, ok := judged(t, light, "no-pqc"); ok {
		t.Errorf("quick scan, what is no more than a note: %+v", f)
	}
	s := open("", true)
	intolerant(evidence.IntoleratesSize1500)(t, s.Endpoint)
	s.Endpoint.Facts.Intolerances.State = evidence.Partial
	if f, _ := judged(t, s, id); f.Level != Warn {
		t.Errorf("quick scan that happened to see it: %+v", f)
	}
}

// TestUnknownThatDoesNotMatter: where nothing older than TLS 1.2 is spoken, nobody needs the signal of a fallback.
func TestUnknownThatDoesNotMatter(t *testing.T) {
	e := healthy(t)
	e.Facts.FallbackSCSV = evidence.Fact[bool]{State: evidence.Unknown, Why: "the server hung up"}
	if f := run(t, "fallback-scsv", e); f.Level != NotApplicable {
		t.Errorf("%+v", f)
	}
	e.Facts.Versions.Value = append(e.Facts.Versions.Value, tlswire.TLS11)
	if f := run(t, "fallback-scsv", e); f.Level != Undecided {
		t.Errorf("with TLS 1.1: %+v", f)
	}
}

// TestAside marks what is open and could not make more of it than a note.
func TestAside(t *testing.T) {
	e := healthy(t)
	e.Facts.GroupsTLS13 = evidence.Fact[[]tlswire.Group]{State: evidence.Unknown, Why: "timeout"}
	if f := run(t, "no-pqc", e); f.Level != Undecided || !f.Aside {
		t.Errorf("%+v", f)
	}
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "timeout"}
	for _, id := range []string{"protocol-tls10", "protocol-no-tls13"} {
		if f := run(t, id, e); f.Level != Undecided || f.Aside {
			t.Errorf("%+v", f)
		}
	}
}

// TestPartialExchange keeps what the open part of a fact could still change open.
func TestPartialExchange(t *testing.T) {
	e := healthy(t)
	e.Facts.KeyReuse = evidence.Fact[evidence.KeyReuse]{State: evidence.Partial, Value: evidence.KeyReuse{ECDHHandshakes: 5, DHHandshakes: 1},
		Why: "too few handshakes to compare"}
	partial := func(list ...tlswire.Group) evidence.Fact[[]tlswire.Group] {
		return evidence.Fact[[]tlswire.Group]{State: evidence.Partial, Value: list, Open: []tlswire.Group{tlswire.X25519MLKEM768, tlswire.Secp192r1}, Why: "timeout"}
	}
	e.Facts.GroupsTLS12, e.Facts.GroupsTLS13 = partial(tlswire.X25519), partial(0x6399)
	e.Facts.Suites.Value[tlswire.TLS12] = suites(t, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")
	e.Facts.Extensions.State, e.Facts.Extensions.Why = evidence.Partial, "timeout"
	e.Facts.Extensions.Value[tlswire.TLS12] = nil
	for id, want := range map[string]Level{
		"ecdh-reuse": Pass, "dh-reuse": Undecided, "weak-curve": Undecided, "deprecated-curve": Pass, "no-pqc": Undecided,
		"pq-draft-only": Undecided, "lucky13": Undecided,
	} {
		if f := run(t, id, e); f.Level != want {
			t.Errorf("%s: %s, want %s: %s", id, f.Level, want, f.Message)
		}
	}
}

// TestFallbackOnlyWhereItMatters leaves servers alone that have nothing older than TLS 1.2.
func TestFallbackOnlyWhereItMatters(t *testing.T) {
	e := healthy(t)
	e.Facts.FallbackSCSV.Value = false
	if f := run(t, "fallback-scsv", e); f.Level != NotApplicable {
		t.Errorf("%+v", f)
	}
}

// TestOrder judges the order only where there is a weak suite to choose, and another.
func TestOrder(t *testing.T) {
	e := healthy(t)
	e.Facts.Preference.Value[tlswire.TLS12] = evidence.ClientOrder
	if f := run(t, "server-order", e); f.Level != Pass || f.Note {
		t.Errorf("good suites in the client's order: %+v", f)
	}
	onlySuite(tlswire.TLS12, "TLS_RSA_WITH_RC4_128_SHA")(t, e)
	if f := run(t, "server-order", e); f.Level != Pass || f.Note {
		t.Errorf("nothing but weak suites: %+v", f)
	}
	e = healthy(t)
	suite(tlswire.TLS12, "TLS_RSA_WITH_RC4_128_SHA")(t, e)
	if f := run(t, "server-order", e); f.Level != Pass || f.Note {
		t.Errorf("the server's order: %+v", f)
	}
	e.Facts.Preference = evidence.Fact[map[tlswire.Version]evidence.Preference]{State: evidence.Partial, Why: "timeout",
		Open: map[tlswire.Version]evidence.Preference{tlswire.TLS12: evidence.ClientOrder}}
	if f := run(t, "server-order", e); f.Level != Undecided {
		t.Errorf("order not compared: %+v", f)
	}
}
