package probe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// quickLimits are how many connections a quick scan of a common stack may take, and how many of them one after the other: with
// STARTTLS, three take 14 or 15 round trips. With old versions, two certificates, or finite fields beside key transport there is
// more to look into, and with finite fields where a hang-up may be about them.
func quickLimits(m *model) (connections, rounds int) {
	dhe := m.uses(isDHE)
	for v, list := range m.suites {
		if v < tlswire.TLS12 || m.rsa && m.ecdsa || dhe && v == tlswire.TLS12 && slices.ContainsFunc(list, func(s tlswire.Suite) bool {
			info, _ := s.Info()
			return !info.ForwardSecret || info.Anonymous
		}) {
			return 18, 6
		}
	}
	switch {
	case m.hangsUp && dhe:
		return 13, 5
	case dhe:
		return 12, 4
	}
	return 12, 3
}

// quickNeeds are what a quick scan is made for: the needs of all checks with weight for servers that serve users.
func quickNeeds() []evidence.Need {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		panic(err)
	}
	return append(check.Needs(mail, policy.Access), check.Needs(mail, policy.Relay)...)
}

// quickStacks are the common stacks, and what their programs really are on a mail server: Dovecot hangs up and has no
// parameters for finite fields, NSS has RC4 and 3DES, and many sign with SHA-1.
func quickStacks() []stack {
	list := append(stacks(), stack{name: "Modern, RSA and ECDSA", new: "C02C C02B C030 C02F CCA9 CCA8", model: model{order: serverDecides, ecdsa: true,
		groups13: openSSL30, sharesFirst: true}}, stack{name: "Modern", new: "C030 C02F CCA8", model: model{groups13: openSSL30, sharesFirst: true}},
		stack{name: "Postfix, hardened", new: "C030 CCA8 C061 C028 C077 C014 C02F C060 C027 C076 C013 009D C0A1 C09D C051 003D 00C0 0035 0084 " +
			"009C C0A0 C09C C050 003C 00BA 002F 0041", model: model{groups13: openSSL30, sharesFirst: true}})
	for _, s := range stacks() {
		if s.name == "Dovecot" {
			s.hangsUp = true
			s.name = "Dovecot, hanging up"
			list = append(list, s)
			s.name, s.new = "Dovecot, hanging up, without DHE", withoutDHE(s.new)
			list = append(list, s)
		}
		if s.name == "NSS" {
			s.name, s.old, s.new = "NSS, old versions", "C013 C014 0033 0039 0016 002F 0035 000A 0005 0004", s.new+" 0016 000A 0005 0004"
			list = append(list, s)
		}
		if s.old != "" {
			s.name, s.mutters = s.name+", handshake_failure", true
			list = append(list, s)
		}
	}
	return list
}

// withoutDHE leaves the finite-field suites out of a list.
func withoutDHE(list string) string {
	text, err := evidence.SuiteCodes(slices.DeleteFunc(codes(list), isFiniteField)).MarshalText()
	return string(must(text, err))
}

// TestQuickCost scans common stacks quickly, with and without SHA-1, and counts.
func TestQuickCost(t *testing.T) {
	var table strings.Builder
	for _, s := range quickStacks() {
		for _, sha1 := range []bool{false, true} {
			if !sha1 && strings.HasPrefix(s.name, "NSS, old") { // it always does
				continue
			}
			name := s.name + map[bool]string{true: ", SHA-1"}[sha1]
			t.Run(name, func(t *testing.T) {
				most, rounds := 0, 0
				atMost, inTurn := quickLimits(s.build())
				for seed := range uint64(4) {
					m := s.build()
					if strings.HasPrefix(s.name, "NSS") {
						m.suites[tlswire.TLS13] = codes("1301 1303 1302")
					}
					if sha1 {
						m.schemes12 = append(m.schemes12, tlswire.RSAPKCS1SHA1)
					}
					ep := quickModel(m, 5, rand.New(rand.NewPCG(seed, 4)), nil)
					for _, wrong := range m.misjudged(ep, true) {
						t.Errorf("seed %d: %s", seed, wrong)
					}
					most, rounds = max(most, ep.Cost.Connections), max(rounds, inARow(ep))
					if testing.Verbose() && modelSeed() == seed+1 {
						trace(t, ep)
					}
				}
				fmt.Fprintf(&table, "%-50s %d connections of %d, %d in a row of %d\n", name, most, atMost, rounds, inTurn)
				if sha1 { // signatures more, for other hashes
					atMost, inTurn = atMost+2, inTurn+1
				}
				if most > atMost || rounds > inTurn {
					t.Errorf("%d connections, %d of them one after the other; want at most %d and %d", most, rounds, atMost, inTurn)
				}
			})
		}
	}
	t.Logf("\n%s", &table)
}

// inARow is how many connections were made one after the other.
func inARow(ep *evidence.Endpoint) int {
	rank := make([]int, len(ep.Observations))
	for i := range ep.Observations {
		rank[i] = 1
		for j := range ep.Observations[:i] {
			if before := &ep.Observations[j]; before.Start+before.Timing.End <= ep.Observations[i].Start {
				rank[i] = max(rank[i], rank[j]+1)
			}
		}
	}
	return slices.Max(rank)
}

// TestQuickFacts scans random servers quickly: every question is decided, and rightly.
func TestQuickFacts(t *testing.T) {
	quickScans(t, 5, func(*rand.Rand, *model) func(int, evidence.Offer) (evidence.End, bool) { return nil })
}

// TestQuickLoss does so while connections get lost: what is found may be less, but never wrong.
func TestQuickLoss(t *testing.T) {
	quickScans(t, 6, func(rng *rand.Rand, m *model) func(int, evidence.Offer) (evidence.End, bool) {
		return losses(rng, m)
	})
}

func quickScans(t *testing.T, stream uint64, loss func(*rand.Rand, *model) func(int, evidence.Offer) (evidence.End, bool)) {
	failed := failures{}
	first, last := uint64(1), quickServers
	if s := modelSeed(); s != 0 {
		first, last = s, s
	}
	for seed := first; seed <= last; seed++ {
		rng := rand.New(rand.NewPCG(seed, stream))
		m, parallel := randomModel(rng), some(rng, 1, 5, 8)
		lose := loss(rng, m)
		ep := quickModel(m, parallel, rng, lose)
		wrong := append(m.contradictions(ep), m.misjudged(ep, lose == nil && m.fails == nil)...)
		failed.add(wrong, len(ep.Observations), fmt.Sprintf("seed %d, %d at once", seed, parallel))
		if modelSeed() != 0 {
			t.Logf("%+v", *m)
			trace(t, ep)
		}
	}
	failed.report(t)
}

// quickServers is how many random servers are scanned.
const quickServers = uint64(120)

// misjudged returns what checks would conclude that is not so; where all has to be decided, also what is not.
func (m *model) misjudged(ep *evidence.Endpoint, decided bool) []string {
	c := &comparison{f: &ep.Facts}
	truth := func(name string, got evidence.Answer, is, decided bool) {
		if got == evidence.Yes && !is || got == evidence.No && is || decided && got == evidence.Unsure {
			c.fault("%s: answer %v, in truth %v", name, got, is)
		}
	}
	for _, k := range check.All() {
		for i, n := range k.Needs {
			if n.Any != nil {
				truth(fmt.Sprintf("%s %d", k.ID, i), evidence.AnyIn(ep.Facts.Suites, matching(n.Any)), m.accepts(n.Any), decided && !k.Extra)
			}
		}
	}
	if m.suites[tlswire.TLS12] != nil && ep.Facts.Signatures.State != evidence.Unknown { // TLS 1.3 may not come to a signature
		truth("sha1-signature", evidence.AnyIn(ep.Facts.Signatures, func(v tlswire.Version, s tlswire.SignatureScheme) bool {
			return v == tlswire.TLS12 && weakHash(s)
		}), slices.ContainsFunc(m.signing12(), weakHash), decided)
	}
	for _, v := range versions {
		truth("version "+v.String(), evidence.Has(ep.Facts.Versions, v), slices.Contains(m.speaks(), v), decided)
	}
	m.chains(c, decided)
	if decided && ep.Ended != "" {
		c.fault("end: %s", ep.Ended)
	}
	return c.wrong
}

func matching(match func(tlswire.Version, tlswire.SuiteInfo) bool) func(tlswire.Version, tlswire.Suite) bool {
	return func(v tlswire.Version, s tlswire.Suite) bool {
		info, _ := s.Info()
		return match(v, info)
	}
}

// accepts reports whether the server accepts a suite that match accepts.
func (m *model) accepts(match func(tlswire.Version, tlswire.SuiteInfo) bool) bool {
	accepted := matching(match)
	for _, v := range versions {
		list := m.suites[v]
		if v == tlswire.SSLv2 {
			list = m.v2
		}
		if slices.ContainsFunc(list, func(s tlswire.Suite) bool { return accepted(v, s) }) {
			return true
		}
	}
	return false
}

// chains compares the certificates with those that the suites of TLS 1.2 and older use.
func (m *model) chains(c *comparison, decided bool) {
	var want []string
	for name, auth := range map[string]tlswire.Auth{"rsa": tlswire.AuthRSA, "ecdsa": tlswire.AuthECDSA} {
		if m.uses(func(i tlswire.SuiteInfo) bool { return i.Auth == auth }) {
			want = append(want, name)
		}
	}
	for _, name := range want {
		found := slices.ContainsFunc(c.f.Certificates.Value, func(x evidence.Chain) bool { return x.Certificates[0] == name })
		if !found && (c.f.Certificates.State == evidence.Known || c.f.Certificates.State == evidence.Inapplicable) {
			c.fault("certificate denied: %s, %v", name, c.f.Certificates)
		}
	}
	if decided && len(want) > 0 && c.f.Certificates.State != evidence.Known {
		c.fault("certificates: %v, want %v", c.f.Certificates, want)
	}
}
