package check

import (
	"fmt"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// exchangeChecks are on groups and keys of the key exchange up to TLS 1.2.
func exchangeChecks() []Check {
	return []Check{
		dhGroups("common-prime", "Many servers share a short Diffie-Hellman prime",
			"Most of the work of breaking a group of 1024 bits is done once and serves for every server with the same prime, and "+
				"this one came with a program that many use. Use ECDHE alone, or the groups of RFC 7919, which are long enough to "+
				"be shared.",
			func(g evidence.DHParams) bool { return g.Prime != "" && g.Bits <= sharedBits },
			"uses the well-known group", "no short well-known group is used",
			"CVE-2015-4000", "RFC 9325, Section 4.5").causedBy("weak-dh"),
		dhGroups("dh-unsafe-group", "A Diffie-Hellman group may have small subgroups",
			"The prime is not a safe one, or no prime, or the generator hides nothing. A client cannot tell which subgroups there "+
				"are, and who sends keys in a small one learns part of the server's. Use the groups of RFC 7919, or ECDHE alone.",
			func(g evidence.DHParams) bool { return g.Tested && !g.Safe || badGenerator(g) != "" },
			"uses a group without a safe prime", "every group has a safe prime",
			"RFC 7919, Section 5.1", "CVE-2016-0701", "CVE-2016-2217").causedBy("weak-dh"),
		dhGroups("dhe-dos", "Diffie-Hellman groups are long enough to tire the server",
			"Each client can make the server compute with numbers of 3072 bits and more, at no cost to itself (D(HE)at). ECDHE is "+
				"safer and costs a hundredth.",
			func(g evidence.DHParams) bool { return g.Bits >= longBits },
			"computes in long groups", "computes in no group of 3072 bits or more",
			"CVE-2002-20001", "CVE-2022-40735"),
		reuse("dh-reuse", "The same Diffie-Hellman key serves several sessions",
			"Recorded sessions stay readable for as long as the server keeps the key, and attacks that need many tries with one "+
				"key have them (Raccoon). Update the TLS library, or turn the reuse off.",
			"finite-field", tlswire.KeyExchangeDHE, func(k evidence.KeyReuse) (bool, int) { return k.DH, k.DHHandshakes },
			"RFC 9325, Section 7.4", "CVE-2020-1968"),
		reuse("ecdh-reuse", "The same ECDH key serves several sessions",
			"Recorded sessions stay readable for as long as the server keeps the key. It is allowed if the server checks the "+
				"points that it is sent, which cannot be seen from here.",
			"ECDH", tlswire.KeyExchangeECDHE, func(k evidence.KeyReuse) (bool, int) { return k.ECDH, k.ECDHHandshakes },
			"RFC 9325, Section 7.4"),
	}
}

const (
	sharedBits = 1024 // so long may a prime be that states can compute for once and for all
	longBits   = 3072
)

// dhGroups is the check that no group is used that match selects.
func dhGroups(id, title, text string, match func(evidence.DHParams) bool, yes, no string, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs: []evidence.Need{{Key: evidence.KeyDHParams}},
		Extra: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.DHParams
			var groups []string
			for _, g := range f.Value {
				if match(g) {
					groups = append(groups, groupText(g))
				}
			}
			switch {
			case len(groups) > 0:
				return bad(s, p.Check(id), yes).seen(groups, f.From)
			case len(f.Value) == 0:
				return good("uses no finite-field Diffie-Hellman").seen(nil, f.From)
			}
			for _, g := range f.Value {
				if !g.Tested && id == "dh-unsafe-group" {
					return undecided(fmt.Sprintf("a Diffie-Hellman group of %d bits is too long to be tested for a safe prime", g.Bits))
				}
			}
			return good(no).seen(nil, f.From)
		},
	}
}

// reuse is the check that no ephemeral key came twice; key tells whether one did, and in how many handshakes that was
// looked for.
func reuse(id, title, text, what string, kx tlswire.KeyExchange, key func(evidence.KeyReuse) (bool, int), refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs: []evidence.Need{{Key: evidence.KeyKeyReuse, Any: func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == kx }}},
		Extra: true,
		Settled: func(f *evidence.Facts) bool {
			_, n := key(f.KeyReuse.Value)
			open, _ := key(f.KeyReuse.Open)
			return n > 1 || n == 0 && f.KeyReuse.Seen() && !open
		},
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.KeyReuse
			again, n := key(f.Value)
			open, _ := key(f.Open)
			switch {
			case again:
				return bad(s, p.Check(id), "uses one "+what+" key again").seen([]string{fmt.Sprintf("%d handshakes compared", n)}, f.From)
			case n == 0 && !open:
				return notApplicable("no suite of TLS 1.2 or older has " + what + " keys")
			case n < 2:
				return undecided("too few handshakes to compare")
			}
			return good(fmt.Sprintf("has another %s key in each of %d handshakes", what, n)).seen(nil, f.From)
		},
	}
}
