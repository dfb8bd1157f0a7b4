package check

import (
	"fmt"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func strengthChecks() []Check {
	return []Check{
		{
			ID:    "cert-weak-key",
			Title: "A certificate has a weak key",
			Text: "Whoever computes the private key can pretend to be this server. Make a new key: RSA with 2048 bits or more, " +
				"or ECDSA with P-256.",
			Refs:  []string{"RFC 9325, Section 4.5"},
			Needs: certificateNeeds(),
			Eval:  perChain(evalKey),
		},
		hashCheck("sha1-cert", "SHA-1", "A certificate is signed with SHA-1",
			"Collisions for SHA-1 can be computed, so that a signature made for one certificate fits another. Current clients "+
				"refuse such certificates.",
			"RFC 9155, Section 2", "RFC 9325, Section 4.5"),
		hashCheck("md5-cert", "MD5", "A certificate is signed with MD5",
			"Certificates with the same MD5 hash have been forged since 2008. Clients refuse them.",
			"RFC 9325, Section 4.5", "CVE-2004-2761"),
	}
}

// evalKey looks at the whole chain but for the root, whose key clients have already.
func evalKey(s *Subject, p *policy.Policy, c shown) Finding {
	worst := good("the key is " + keyText(c.leaf.PublicKey))
	for _, cert := range signed(c) {
		k := cert.PublicKey
		rule := p.Key(keyKind(k.Algorithm), k.Bits)
		f := bad(s, rule, "the key of "+label(cert)+" is "+keyText(k)).seen([]string{label(cert), keyText(k)}, nil)
		if why := keyUnread(cert); why != "" {
			f = undecided(why)
		}
		if rank(f) > rank(worst) {
			worst = f
		}
	}
	return worst
}

// hashCheck is the check that no signature that a client must verify was made with hash.
func hashCheck(id, hash, title, text string, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs: certificateNeeds(),
		Eval: perChain(func(s *Subject, p *policy.Policy, c shown) Finding {
			fine := good("no certificate is signed with " + hash)
			for _, cert := range signed(c) {
				if cert.Signature.Hash == hash {
					return bad(s, p.Check(id), label(cert)+" is signed with "+hash).seen([]string{label(cert), cert.Signature.Name}, nil)
				}
				if why := hashUnread(cert); why != "" {
					fine = undecided(why)
				}
			}
			return fine
		}),
	}
}

// signed returns the server's certificate and those above it but for roots, whose signature means nothing.
func signed(c shown) []*evidence.Certificate {
	out := []*evidence.Certificate{c.leaf}
	for _, cert := range c.issued {
		if !cert.SelfSigned {
			out = append(out, cert)
		}
	}
	return out
}

func keyKind(algorithm string) policy.KeyKind {
	switch algorithm {
	case "RSA", "RSA-PSS":
		return policy.KeyRSA
	case "DSA":
		return policy.KeyDSA
	case "EC":
		return policy.KeyEC
	}
	return ""
}

func keyText(k evidence.PublicKey) string {
	switch {
	case k.Curve != "":
		return k.Algorithm + " " + k.Curve
	case k.Bits > 0:
		return fmt.Sprintf("%s with %d bits", k.Algorithm, k.Bits)
	}
	return k.Algorithm
}
