package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// chainChecks are on the certificates that are sent together.
func chainChecks() []Check {
	certs := func(id, title, text string, eval chainEval, refs ...string) Check {
		return Check{ID: id, Title: title, Text: text, Refs: refs, Needs: certificateNeeds(), Eval: perChain(eval)}
	}
	return []Check{
		certs("chain-incomplete", "The chain of certificates ends before a known authority",
			"Either the certificate of an issuer is missing: mail programs and servers hardly ever fetch it elsewhere, so install "+
				"the certificates that the authority gave you along with your own (often \"fullchain\"). Or the authority is your "+
				"own, or of your organisation: then clients have to be told of it.",
			evalComplete, "RFC 5246, Section 7.4.2", "RFC 9846, Section 4.4.2"),
		certs("chain-order", "Certificates are sent in the wrong order",
			"Up to TLS 1.2 each certificate must be followed by that of its issuer. Most programs sort them out, some do not. Put "+
				"them in order in the file: the server's own first, then its issuer's, and so on.",
			chainRead(evalSequence), "RFC 5246, Section 7.4.2", "RFC 9846, Section 4.4.2"),
		certs("chain-extra", "Certificates are sent that nobody needs",
			"A root, which clients have or do not trust, or certificates that do not belong to the chain make each handshake "+
				"longer. Only a root that DANE names (usage 2) has to be sent.",
			chainRead(evalSurplus), "RFC 5246, Section 7.4.2", "RFC 7671, Section 5.2.2"),
		certs("chain-expired-extra", "An expired certificate is sent along",
			"The certificate is good without it, but older programs (OpenSSL 1.0.2, GnuTLS before 3.6.14) follow it and give up. Take "+
				"it out of the file.",
			chainRead(evalExpiredExtra), "RFC 5246, Section 7.4.2", "RFC 5280, Section 4.1.2.5"),
	}
}

// all returns the certificates of a chain, the server's own first.
func (c shown) all() []*evidence.Certificate {
	return append([]*evidence.Certificate{c.leaf}, c.issued...)
}

// certifies reports whether child names issuer as its issuer, and the key identifiers do not say otherwise.
func certifies(issuer, child *evidence.Certificate) bool {
	return child.Issuer.DN != "" && child.Issuer.DN == issuer.Subject.DN &&
		(child.AuthorityKeyID == "" || issuer.SubjectKeyID == "" || child.AuthorityKeyID == issuer.SubjectKeyID)
}

// belonging returns the positions of the certificates that lead on from the server's own, over every way.
func (c shown) belonging() []int {
	list, used := c.all(), []int{0}
	for i := 0; i < len(used); i++ { // it grows
		for j, issuer := range list {
			if child := list[used[i]]; !child.SelfSigned && !slices.Contains(used, j) && certifies(issuer, child) {
				used = append(used, j)
			}
		}
	}
	return used
}

func evalComplete(s *Subject, p *policy.Policy, c shown) Finding {
	switch {
	case c.Trust == nil:
		return undecided("whether the certificate leads to a trusted authority was not decided")
	case slices.Contains(c.Trust.Reasons, evidence.IncompleteChain):
		last := c.leaf
		for _, i := range c.belonging() {
			last = c.all()[i]
		}
		return bad(s, p.Check("chain-incomplete"), "nobody known vouches for the last certificate that is sent").seen([]string{label(last), "issued by " + issuer(last)}, nil)
	}
	return good("no issuer's certificate is missing")
}

// evalSequence wants each issuer after what it signed: that others stand between them is another matter.
func evalSequence(s *Subject, p *policy.Policy, c shown) Finding {
	list := c.all()
	for i, child := range list {
		after := slices.ContainsFunc(list[i:], func(x *evidence.Certificate) bool { return certifies(x, child) })
		before := slices.ContainsFunc(list[:i], func(x *evidence.Certificate) bool { return certifies(x, child) })
		if before && !after && slices.Contains(c.belonging(), i) {
			return bad(s, p.Check("chain-order"), "sends the certificate of an issuer before one that it signed").seen([]string{label(child)}, nil)
		}
	}
	return good("sends its certificates in order")
}

func evalSurplus(s *Subject, p *policy.Policy, c shown) Finding {
	var names []string
	used := c.belonging()
	for i, cert := range c.all() {
		switch {
		case i == 0:
		case cert.SelfSigned:
			names = append(names, label(cert)+" (a root)")
		case !slices.Contains(used, i), slices.ContainsFunc(c.all()[:i], func(x *evidence.Certificate) bool { return x.SHA256 == cert.SHA256 }):
			names = append(names, label(cert))
		}
	}
	if len(names) > 0 {
		return bad(s, p.Check("chain-extra"), "sends "+count(len(names), "certificate")+" too many").seen(names, nil)
	}
	return good("sends no certificate too many")
}

// evalExpiredExtra leaves those alone that the way to a root needs: their being expired is what cert-expired tells.
func evalExpiredExtra(s *Subject, p *policy.Policy, c shown) Finding {
	used := c.belonging()
	for i, cert := range c.all() {
		needed := slices.Contains(used, i)
		if c.Trust != nil && len(c.Trust.Path) > 0 {
			needed = slices.Contains(c.Trust.Path, cert.SHA256)
		}
		if i > 0 && !needed && !cert.NotAfter.IsZero() && s.Endpoint.At.After(cert.NotAfter) {
			return bad(s, p.Check("chain-expired-extra"), "sends a certificate along that expired on "+date(cert.NotAfter)).seen([]string{label(cert)}, nil)
		}
	}
	return good("sends no expired certificate along")
}
