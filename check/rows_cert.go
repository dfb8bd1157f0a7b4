package check

import (
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// certificateRows are the checks of the rows about the server's own certificate.
func certificateRows(p *policy.Policy, role policy.Role) []Check {
	var out []Check
	for i, l := range p.CertKeyLists {
		if counts(l.Rule, role) {
			out = append(out, leafRow(l.ID, leafList(p.CertKeyLists, i, keyUnread, func(c *evidence.Certificate) (string, string) {
				return keyName(c.PublicKey), "the key is " + keyText(c.PublicKey)
			})))
		}
	}
	for i, l := range p.CertSignedLists {
		if counts(l.Rule, role) {
			out = append(out, leafRow(l.ID, leafList(p.CertSignedLists, i, hashUnread, func(c *evidence.Certificate) (string, string) {
				return c.Signature.Name, "the certificate is signed by " + c.Signature.Name
			})))
		}
	}
	for _, r := range p.Lifetimes {
		if counts(r.Rule, role) {
			out = append(out, leafRow(r.ID(), lifetime(r)))
		}
	}
	return out
}

func leafRow(id string, eval func(*Subject, *policy.Policy, shown) Finding) Check {
	return Check{ID: id, Needs: certificateNeeds(), Eval: perChain(eval)}
}

// leafList asks whether list i decides on what value tells of a certificate; it also gives it in words. Unread tells why a
// certificate does not say.
func leafList(lists []policy.List[string], i int, unread func(*evidence.Certificate) string, value func(*evidence.Certificate) (name, text string),
) func(*Subject, *policy.Policy, shown) Finding {
	l := lists[i]
	return func(s *Subject, _ *policy.Policy, c shown) Finding {
		name, text := value(c.leaf)
		if why := unread(c.leaf); why != "" {
			return undecided(why)
		}
		if decides, ok := policy.ListOf(lists, 0, name); !ok || decides != i {
			return good(text)
		}
		return bad(s, l.Rule, text).seen([]string{label(c.leaf), name}, nil)
	}
}

// keyName is what lists call a key.
func keyName(k evidence.PublicKey) string {
	if k.Curve != "" {
		return k.Algorithm + " " + k.Curve
	}
	return k.Algorithm
}

func lifetime(r policy.LifetimeRule) func(*Subject, *policy.Policy, shown) Finding {
	return func(s *Subject, _ *policy.Policy, c shown) Finding {
		if c.leaf.NotAfter.IsZero() || c.leaf.NotBefore.IsZero() {
			return undecided(unread(c.leaf, "the certificate's dates"))
		}
		full := c.leaf.NotAfter.Sub(c.leaf.NotBefore) + time.Second // both ends count (RFC 5280, Section 4.1.2.5)
		text := "the certificate is made for " + days(full)
		if full <= time.Duration(r.Above)*day {
			return good(text)
		}
		return bad(s, r.Rule, "the certificate is made for more than "+count(r.Above, "day")+", until "+date(c.leaf.NotAfter)).seen([]string{label(c.leaf)}, nil)
	}
}
