package probe

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// randomModel makes a server that could exist: everything it claims to accept can be negotiated with it.
func randomModel(rng *rand.Rand) *model {
	m := &model{
		order: orderKind(rng.IntN(3)), order12: orderKind(rng.IntN(2)), order13: orderKind(rng.IntN(2)),
		orderSchemes: orderKind(rng.IntN(2)), lack: schemeLack(rng.IntN(2)),
		namesGroups: chance(rng, 3), sharesFirst: !chance(rng, 3), rsa: !chance(rng, 5),
		reusesDH: chance(rng, 4), reusesEC: chance(rng, 4), hangsUp: chance(rng, 5), mutters: chance(rng, 4), fallback: !chance(rng, 3),
		curve: some(rng, tlswire.Secp256r1, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1),
		dh:    tlswire.ServerDHParams{P: modelPrime(), G: []byte{2}, Y: []byte{1}},
	}
	m.ecdsa = !m.rsa || chance(rng, 3)
	if chance(rng, 6) {
		m.compression = some(rng, tlswire.CompressionDEFLATE, tlswire.CompressionLZS)
	}
	m.groups12 = randomGroups(rng, groupsOf(tlswire.TLS12)[:len(curves)], m.curve)
	m.groups13 = randomGroups(rng, groups13, tlswire.X25519)
	m.schemes12 = m.randomSchemes(rng, schemes12, func(i tlswire.SignatureSchemeInfo) bool { return i.TLS12 })
	m.schemes13 = m.randomSchemes(rng, schemes13, func(i tlswire.SignatureSchemeInfo) bool {
		g, _ := tlswire.GroupByName(i.Curve)
		return i.TLS13 && (i.Curve == "" || g == m.curve)
	})
	m.randomSuites(rng)
	m.randomFailures(rng)
	m.resets = !m.hangsUp && chance(rng, 8)
	return m
}

// modelPrime is a 512-bit safe prime that is in no list.
func modelPrime() []byte { return bytes.Repeat([]byte{0xA5}, 64) }

func chance(rng *rand.Rand, oneIn int) bool { return rng.IntN(oneIn) == 0 }

func some[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// shuffled returns up to n members of list in random order.
func shuffled[T any](rng *rand.Rand, list []T, n int) []T {
	out := slices.Clone(list)
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}

func randomGroups(rng *rand.Rand, all []tlswire.Group, needed tlswire.Group) []tlswire.Group {
	if chance(rng, 2) {
		all = all[:6]
	}
	list := shuffled(rng, all, rng.IntN(5))
	if !slices.Contains(list, needed) {
		list = slices.Insert(list, rng.IntN(len(list)+1), needed)
	}
	return list
}

func (m *model) randomSchemes(rng *rand.Rand, all []tlswire.SignatureScheme, fits func(tlswire.SignatureSchemeInfo) bool) []tlswire.SignatureScheme {
	var rsa, ecdsa []tlswire.SignatureScheme
	for _, s := range all {
		switch info, _ := s.Info(); {
		case !fits(info):
		case info.Key == "RSA" && m.rsa:
			rsa = append(rsa, s)
		case info.Key == "ECDSA" && m.ecdsa:
			ecdsa = append(ecdsa, s)
		}
	}
	list := slices.Concat(shuffled(rng, rsa, 1+rng.IntN(5)), shuffled(rng, ecdsa, 1+rng.IntN(5)))
	return shuffled(rng, list, len(list))
}

// randomSuites takes the products of some key exchanges and some ciphers, or just any suites.
func (m *model) randomSuites(rng *rand.Rand) {
	m.suites = map[tlswire.Version][]tlswire.Suite{}
	if chance(rng, 8) {
		m.v2 = shuffled(rng, templateSuites(tlswire.SSLv2), 1+rng.IntN(5))
	}
	for len(m.suites) == 0 {
		for i, oneIn := range []int{5, 3, 3, 1, 2} { // SSLv3 to TLS 1.3
			if chance(rng, oneIn+index(i == 3 && chance(rng, 5))) {
				m.suites[tlswire.SSLv3+tlswire.Version(i)] = nil
			}
		}
	}
	pool := m.pool(rng, tlswire.TLS12)
	for _, v := range []tlswire.Version{tlswire.SSLv3, tlswire.TLS10, tlswire.TLS11, tlswire.TLS12, tlswire.TLS13} {
		if _, ok := m.suites[v]; !ok {
			continue
		}
		all := templateSuites(v)
		list := slices.DeleteFunc(slices.Clone(pool), func(s tlswire.Suite) bool { return !slices.Contains(all, s) })
		if v == tlswire.TLS13 {
			list = shuffled(rng, all[:min(len(all), 5)], 1+rng.IntN(5))
		}
		if len(list) == 0 || chance(rng, 8) {
			list = m.pool(rng, v)
		}
		if m.suites[v] = list; len(list) == 0 {
			delete(m.suites, v)
		}
	}
	if len(m.suites) == 0 {
		m.suites[tlswire.TLS12] = []tlswire.Suite{map[bool]tlswire.Suite{true: 0xC02F, false: 0xC02B}[m.rsa]}
	}
}

// pool returns suites that work in version v.
func (m *model) pool(rng *rand.Rand, v tlswire.Version) []tlswire.Suite {
	all := slices.DeleteFunc(slices.Clone(templateSuites(v)), func(s tlswire.Suite) bool { return !m.can(s, v) })
	if chance(rng, 4) {
		return shuffled(rng, all, 1+rng.IntN(12))
	}
	exchanges, protections := map[exchange]bool{}, map[protection]bool{}
	for _, s := range shuffled(rng, all[:min(len(all), 90)], 2+rng.IntN(4)) {
		info, _ := s.Info()
		exchanges[exchangeOf(info)], protections[protectionOf(info)] = true, true
	}
	list := slices.DeleteFunc(all, func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !exchanges[exchangeOf(info)] || !protections[protectionOf(info)]
	})
	switch {
	case chance(rng, 2):
		order := some(rng, stackOrders...)
		slices.SortStableFunc(list, func(a, b tlswire.Suite) int { return slices.Index(order, a) - slices.Index(order, b) })
		return list
	case chance(rng, 2):
		return list
	}
	return shuffled(rng, list, len(list))
}

// can reports whether the server has the keys for s.
func (m *model) can(s tlswire.Suite, v tlswire.Version) bool {
	info, _ := s.Info()
	if v == tlswire.TLS13 {
		return true
	}
	switch info.KeyExchange {
	case tlswire.KeyExchangeRSA, tlswire.KeyExchangeDHE, tlswire.KeyExchangeECDHE:
	default:
		return false
	}
	return info.Auth == tlswire.AuthRSA && m.rsa || info.Auth == tlswire.AuthECDSA && m.ecdsa || info.Anonymous
}

func (m *model) randomFailures(rng *rand.Rand) {
	if !chance(rng, 6) {
		return
	}
	m.fails = shuffled(rng, []evidence.Intolerance{evidence.IntoleratesVersion, evidence.IntoleratesExtensions,
		evidence.IntoleratesSize1500, evidence.IntoleratesSize4096, evidence.IntoleratesFragments}, 1+rng.IntN(2))
	m.failure = some(rng, evidence.EndAlert, evidence.EndClosed, evidence.EndTimeout)
	m.first64 = chance(rng, 2)
}
