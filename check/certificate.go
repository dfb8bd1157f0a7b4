package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// certificateNeeds are the needs of all checks on certificates.
func certificateNeeds() []evidence.Need { return []evidence.Need{{Key: evidence.KeyCertificates}} }

// shown is one chain of a server with its certificates looked up.
type shown struct {
	evidence.Chain
	leaf   *evidence.Certificate
	issued []*evidence.Certificate // those above the leaf
}

// chainEval judges one chain.
type chainEval = func(*Subject, *policy.Policy, shown) Finding

// emptyChain says that a server has no certificate where one belongs. One check tells it, the others have nothing to judge.
const emptyChain = "the server sends an empty chain"

// perChain returns an Eval that judges each chain with eval, and gives the worst finding.
func perChain(eval chainEval) func(*Subject, *policy.Policy) Finding {
	return func(s *Subject, p *policy.Policy) Finding {
		f := s.Endpoint.Facts.Certificates
		worst := notApplicable("the server shows no certificate")
		for i, chain := range relevant(f.Value) {
			finding := notApplicable(emptyChain)
			if len(chain.Certificates) > 0 {
				c, ok := lookUp(s.Endpoint.Blobs.Certificates, chain)
				if !ok {
					return undecided("a certificate is missing from the evidence")
				}
				finding = eval(s, p, c)
			}
			if i == 0 || rank(finding) > rank(worst) || rank(finding) == rank(worst) && finding.Note && !worst.Note {
				worst = finding
			}
		}
		if worst.From == nil {
			worst.From = f.From
		}
		return worst
	}
}

// rank orders the findings of several chains: one that is wrong decides, else one that is open.
func rank(f Finding) int {
	return map[Level]int{NotApplicable: 0, Pass: 1, Undecided: 2, Warn: 3, Fail: 4}[f.Level]
}

// relevant leaves out the chains that only clients without server name indication see, if there are others: hardly any
// client looks at what it is shown without having named the server.
func relevant(chains []evidence.Chain) []evidence.Chain {
	var named []evidence.Chain
	for _, c := range chains {
		if c.WithSNI {
			named = append(named, c)
		}
	}
	if len(named) == 0 {
		return chains
	}
	return named
}

func lookUp(blobs map[string]*evidence.Certificate, chain evidence.Chain) (shown, bool) {
	out := shown{Chain: chain}
	for i, hash := range chain.Certificates {
		c := blobs[hash]
		switch {
		case c == nil:
			return out, false
		case i == 0:
			out.leaf = c
		default:
			out.issued = append(out.issued, c)
		}
	}
	return out, out.leaf != nil
}

// label names a certificate for people: its common name, else its first DNS name, else its hash.
func label(c *evidence.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.Names.DNS) > 0:
		return c.Names.DNS[0]
	case c.Subject.DN != "":
		return c.Subject.DN
	}
	return "certificate " + c.SHA256[:min(16, len(c.SHA256))]
}
