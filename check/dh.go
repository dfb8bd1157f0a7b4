package check

import (
	"fmt"
	"math/big"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// evalDH gives the finding of the weakest group.
func evalDH(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.DHParams
	if len(f.Value) == 0 {
		return good("uses no finite-field Diffie-Hellman").seen(nil, f.From)
	}
	var worst Finding
	weakest := 0
	for i, group := range f.Value {
		finding, bits := judgeGroup(s, p, group)
		if i == 0 || rank(finding) > rank(worst) || rank(finding) == rank(worst) && bits < weakest {
			worst, weakest = finding, bits
		}
	}
	return worst.seen(worst.Seen, f.From)
}

// judgeGroup judges one group by the bits that count: none if its numbers hide nothing however long they are.
func judgeGroup(s *Subject, p *policy.Policy, g evidence.DHParams) (Finding, int) {
	bits, words := g.Bits, groupText(g)
	if broken := badGenerator(g); broken != "" {
		bits, words = 0, words+" and generator "+broken
	} else if g.Tested && !g.IsPrime {
		bits = 0
	}
	rule := p.Key(policy.KeyDH, bits)
	switch {
	case rule.For(s.Role).Severity != policy.OK:
		return bad(s, rule, "uses a Diffie-Hellman group of "+words).seen(texts(g.Suites), nil), bits
	case !g.Tested:
		return undecided("a Diffie-Hellman group of " + words + " is too long to be tested for a prime"), bits
	}
	return good("the smallest Diffie-Hellman group has " + words), bits
}

// groupText is the size of a group, and what is known of its prime.
func groupText(g evidence.DHParams) string {
	size := fmt.Sprintf("%d bits", g.Bits)
	switch {
	case g.Prime != "":
		return size + " (" + g.Prime + ")"
	case g.Tested && !g.IsPrime:
		return size + ", not a prime"
	case g.Tested && !g.Safe:
		return size + ", not a safe prime"
	}
	return size
}

// badGenerator names a generator outside of 2 to p-2, of which every secret is one of two numbers at most (NIST SP
// 800-56A, Section 5.5.1.1); empty if it is none, or if the evidence has no numbers.
func badGenerator(g evidence.DHParams) string {
	p, n := new(big.Int).SetBytes(g.P), new(big.Int).SetBytes(g.G)
	last := new(big.Int).Sub(p, big.NewInt(1))
	switch {
	case len(g.P) == 0:
		return ""
	case n.Cmp(big.NewInt(1)) <= 0:
		return n.String()
	case n.Cmp(last) == 0:
		return "p-1"
	case n.Cmp(last) > 0:
		return "beyond p"
	}
	return ""
}
