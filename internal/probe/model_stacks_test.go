package probe

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// codes reads a list of suites as evidence writes it.
func codes(text string) []tlswire.Suite {
	var list evidence.SuiteCodes
	if err := list.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return list
}

var (
	nistCurves  = []tlswire.Group{tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1}
	openSSL30   = []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.X448, tlswire.Secp521r1, tlswire.Secp384r1}
	rsaSchemes  = []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512}
	pkcsSchemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA256, tlswire.RSAPKCS1SHA384, tlswire.RSAPKCS1SHA512}
	ecSchemes   = []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256, tlswire.ECDSASecp384r1SHA384, tlswire.ECDSASecp521r1SHA512}
	usual13     = codes("1302 1303 1301")
)

// stack is a TLS stack as distributions ship it. Its lists are those that its own tools print.
type stack struct {
	name string
	model
	old, new string // suites of TLS 1.0 and 1.1 (empty: not spoken), and of TLS 1.2
}

func (s stack) build() *model {
	m := s.model
	m.suites = map[tlswire.Version][]tlswire.Suite{tlswire.TLS12: codes(s.new)}
	if s.old != "" {
		m.suites[tlswire.TLS10], m.suites[tlswire.TLS11] = codes(s.old), codes(s.old)
	}
	m.suites[tlswire.TLS13] = usual13
	if strings.HasPrefix(s.name, "GnuTLS") {
		m.suites[tlswire.TLS13] = codes("1302 1303 1301 1304")
	}
	if m.groups12 == nil {
		m.groups12 = openSSL30
	}
	m.rsa, m.fallback, m.curve = true, true, tlswire.Secp256r1
	m.dh = tlswire.ServerDHParams{P: modelPrime(), G: []byte{2}}
	m.schemes12, m.schemes13 = slices.Concat(rsaSchemes, pkcsSchemes, []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA224}), rsaSchemes
	if m.ecdsa {
		m.schemes12, m.schemes13 = slices.Concat(ecSchemes, m.schemes12), slices.Concat(ecSchemes[:1], m.schemes13)
	}
	return &m
}

const (
	postfixOld = "C019 003A 0089 C014 0039 0088 0035 0084 C018 0034 0046 C013 0033 0045 002F 0041"
	postfix12  = "00A7 006D 00C5 C019 003A 0089 C030 009F CCA8 CCAA C0A3 C09F C061 C053 C028 006B C077 00C4 C014 0039 0088 009D C0A1 C09D C051 003D 00C0 0035 0084 " +
		"00A6 006C 00BF C018 0034 0046 C02F 009E C0A2 C09E C060 C052 C027 0067 C076 00BE C013 0033 0045 009C C0A0 C09C C050 003C 00BA 002F 0041"
	openssl12 = "C030 009F CCA8 CCAA C02F 009E C028 006B C027 0067 C014 0039 C013 0033 009D 009C 003D 003C 0035 002F"
	ecdsa12   = "C02C CCA9 C02B C024 C023 C00A C009 "
	dovecot12 = "C030 009F CCA8 CCAA C0A3 C09F C061 C053 C028 006B C077 00C4 C014 0039 0088 C02F 009E C0A2 C09E C060 C052 C027 0067 C076 00BE C013 0033 0045"
	gnutls12  = "C030 CCA8 C014 C02F C013 009D C09D 0035 009C C09C 002F 009F CCAA C09F 0039 009E C09E 0033"
)

func stacks() []stack {
	ffdhe := finiteFields
	openSSL13 := slices.Concat(openSSL30, ffdhe)
	return []stack{
		{name: "OpenSSL", new: openssl12, model: model{groups13: openSSL13, namesUnlessFirst: true, sharesFirst: true, lack: skipsSuite}},
		{name: "OpenSSL, server's order", new: openssl12, model: model{order: serverDecides, order12: serverDecides, order13: serverDecides,
			groups13: openSSL13, namesUnlessFirst: true, sharesFirst: true}},
		{name: "OpenSSL, ChaCha first", new: openssl12, model: model{order: chachaDecides, order12: serverDecides, order13: serverDecides,
			groups13: openSSL13, namesUnlessFirst: true, sharesFirst: true}},
		{name: "OpenSSL, RSA and ECDSA", new: ecdsa12 + openssl12, model: model{ecdsa: true, groups13: openSSL13, namesUnlessFirst: true, sharesFirst: true}},
		{name: "Postfix", old: postfixOld, new: postfix12, model: model{
			groups12: []tlswire.Group{tlswire.X25519, tlswire.X448, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1},
			groups13: []tlswire.Group{tlswire.X25519, tlswire.X448, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1,
				tlswire.FFDHE2048, tlswire.FFDHE3072}, namesUnlessFirst: true, sharesFirst: true}},
		{name: "Postfix, server's order", old: postfixOld, new: postfix12, model: model{order: serverDecides, order12: serverDecides, order13: serverDecides,
			groups13: openSSL13, namesUnlessFirst: true, sharesFirst: true}},
		{name: "Dovecot", new: dovecot12, model: model{groups13: openSSL13, namesUnlessFirst: true, sharesFirst: true}},
		{name: "GnuTLS", old: "C014 C013 0035 002F 0039 0033", new: gnutls12, model: model{
			groups12: slices.Concat(nistCurves, openSSL30[:1], openSSL30[2:3]),
			groups13: slices.Concat(nistCurves, []tlswire.Group{tlswire.X25519, tlswire.X448}, ffdhe), sharesFirst: true}},
		{name: "GnuTLS, server's order", old: "C014 C013 0035 002F 0039 0033", new: gnutls12, model: model{order: serverDecides,
			groups12: slices.Concat(nistCurves, openSSL30[:1], openSSL30[2:3]),
			groups13: slices.Concat(nistCurves, []tlswire.Group{tlswire.X25519, tlswire.X448}, ffdhe), sharesFirst: true}},
		{name: "NSS", new: "C02F CCA8 C030 C014 C013 009E 0033 0039 009C 009D 002F 0035", model: model{order: serverDecides, order12: serverDecides, order13: serverDecides,
			groups12: slices.Concat(openSSL30[:1], nistCurves), groups13: slices.Concat(openSSL30[:1], nistCurves, ffdhe[:2]), namesGroups: true}},
		{name: "Java", new: "C030 CCA8 C02F 009F CCAA 009E C028 C027 006B 0067 C014 C013 0039 0033 009D 009C 003D 003C 0035 002F", model: model{order: serverDecides,
			order12: serverDecides, order13: serverDecides, groups12: slices.Concat(openSSL30[:1], nistCurves),
			groups13: slices.Concat(openSSL30[:1], nistCurves, []tlswire.Group{tlswire.X448}, ffdhe), namesGroups: true, sharesFirst: true}},
		{name: "Go", new: "C02F C030 CCA8 C013 C014", model: model{order: hardwareOrder, order12: serverDecides, order13: serverDecides,
			groups12: slices.Concat(openSSL30[:1], nistCurves), lack: alertsScheme,
			groups13: slices.Concat([]tlswire.Group{tlswire.X25519MLKEM768}, openSSL30[:1], nistCurves)}},
	}
}

// affordable is how many connections beyond the floor a scan may take: those of long lists in the server's own order, which
// are hard to guess, and of the many groups of GnuTLS, more than others.
func (s stack) affordable() int {
	switch {
	case strings.HasPrefix(s.name, "GnuTLS") && s.order == serverDecides, s.name == "Postfix, server's order":
		return 24
	case strings.HasPrefix(s.name, "GnuTLS"):
		return 17
	case s.name == "Java":
		return 14
	}
	return 12
}

// TestStackCost scans common stacks and compares the number of connections with the fewest that could do.
func TestStackCost(t *testing.T) {
	var out strings.Builder
	table := tabwriter.NewWriter(&out, 0, 0, 1, ' ', 0)
	for _, s := range stacks() {
		for _, parallel := range []int{1, 8} {
			t.Run(fmt.Sprintf("%s, %d at once", s.name, parallel), func(t *testing.T) {
				m := s.build()
				ep := scanModel(m, parallel, rand.New(rand.NewPCG(1, 1)), nil)
				for _, wrong := range m.compare(ep) {
					t.Error(wrong)
				}
				over := ep.Cost.Connections - ep.Cost.Floor - attacks(ep)
				fmt.Fprintf(table, "%s\t%d at once\t%d - %d = %d\t%s\n", s.name, parallel, ep.Cost.Connections, ep.Cost.Floor, over, byQuestion(ep))
				if over > s.affordable() {
					t.Errorf("%d connections, %d more than the floor", ep.Cost.Connections, over)
				}
				if testing.Verbose() && modelSeed() != 0 {
					trace(t, ep)
				}
			})
		}
	}
	_ = table.Flush()
	t.Logf("connections - floor\n%s", &out)
}

// byQuestion counts the connections of each question; those for suites only as far as they exceed the floor.
func byQuestion(ep *evidence.Endpoint) string {
	counts := map[string]int{}
	for i := range ep.Observations {
		question := questionOf(ep.Observations[i].ID)
		if ep.Observations[i].Offer.Attack != "" {
			question = "attacks"
		}
		if strings.HasPrefix(question, "suites-") {
			question = "suites"
		}
		counts[question]++
	}
	counts["suites"] -= ep.Cost.Floor
	var parts []string
	for _, q := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", q, counts[q]))
	}
	return strings.Join(parts, ", ")
}
