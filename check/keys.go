package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// keyChecks are on which kinds of keys a server's certificates have, and on who else has them. Both are no more than notes.
func keyChecks() []Check {
	return []Check{
		{
			ID:    "cert-single-type",
			Title: "Only RSA certificates are shown",
			Text: "RSA alone is no fault: it is as safe, and every client knows it. But most servers can have an ECDSA certificate " +
				"beside, for clients that know that, too, which are nearly all: it is smaller, and the server signs faster with it.",
			Refs:  []string{"RFC 8422, Section 1", "RFC 9325, Section 4.2", "RFC 9846, Section 4.4.2.2"},
			Needs: certificateNeeds(),
			Extra: true,
			Eval:  evalSingleType,
		},
		{
			ID:    "cert-reused-key",
			Title: "Another host has the same key",
			Text: "Whoever gets the key of one can pretend to be the other, and a weakness of one can hurt both: that is how DROWN read, " +
				"by way of a server with SSLv2, what was said to another. Machines that stand in for each other may share a key; others " +
				"should have their own. Hosts with one name or one address count as one. (It takes a scan of both in one report to see that.)",
			Refs:  []string{"RFC 9325, Section 3.9", "CVE-2016-0800"},
			Scope: Report,
			Needs: certificateNeeds(),
			Also:  []*evidence.Key{evidence.KeyReachable, evidence.KeyVersions},
			Extra: true,

			Elsewhere: noOtherHost,
			Eval:      evalReusedKey,
		},
	}
}

// evalSingleType passes a server with a certificate of another kind. SSLv2 and SSLv3 know RSA alone (RFC 8422, Section 1, is
// for TLS 1.0 to 1.2).
func evalSingleType(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.Certificates
	none, open := "the server shows no certificate", ""
	var keys []string
	for _, chain := range relevant(f.Value) {
		c, ok := lookUp(s.Endpoint.Blobs.Certificates, chain)
		switch {
		case len(chain.Certificates) == 0:
			none = emptyChain
		case !slices.ContainsFunc(chain.Versions, func(v tlswire.Version) bool { return v > tlswire.SSLv3 }):
			none = "no version is spoken that knows other certificates"
		case !ok:
			open = "a certificate is missing from the evidence"
		case c.leaf.PublicKey.Algorithm == "":
			open = unread(c.leaf, "the key of "+label(c.leaf))
		case keyKind(c.leaf.PublicKey.Algorithm) != policy.KeyRSA:
			return good("shows a certificate of another kind than RSA").seen([]string{keyText(c.leaf.PublicKey)}, f.From)
		default:
			keys = addOnce(keys, keyText(c.leaf.PublicKey))
		}
	}
	switch {
	case open != "":
		return undecided(open)
	case len(keys) > 0:
		return bad(s, p.Check("cert-single-type"), "shows RSA certificates alone, which is no fault").seen(keys, f.From)
	}
	return notApplicable(none)
}

// noOtherHost tells why nothing can be compared in a report on one host.
func noOtherHost(s *Subject) string {
	if s.Others.anyOther(s.Endpoint) {
		return ""
	}
	return "there is no other host in this report"
}

// evalReusedKey compares the server's own keys with those of other hosts, whichever client sees them. What was not seen on
// either side is no likeness, and no difference.
func evalReusedKey(s *Subject, p *policy.Policy) Finding {
	from := s.Endpoint.Facts.Certificates.From
	own, open := leafKeys(s.Endpoint)
	if len(own) == 0 && open == "" {
		return notApplicable(emptyChain)
	}
	if sharing := s.Others.sharing(s.Endpoint, own); len(sharing) > 0 {
		return bad(s, p.Check("cert-reused-key"), "shares its key with "+count(len(sharing), "other host")+" of this report").seen(sharing, from)
	}
	theirs, other := s.Others.leafKeys(), s.Others.others(s.Endpoint)
	for i, which := range slices.Backward(theirs.open) {
		if other(which) {
			open = fmt.Sprintf("not all certificates of %s are known: %s", s.Others.all[which].Target.Host, theirs.whies[i])
			break
		}
	}
	switch {
	case open != "":
		return undecided(open)
	case !slices.ContainsFunc(theirs.some, other):
		return notApplicable("no other host of this report shows a certificate")
	}
	return good("no other host of this report shows its key").seen(nil, from)
}

// leafKeys returns the hashes of the public keys (SubjectPublicKeyInfo) of a server's own certificates, and why there may be
// more; "" if there are not.
func leafKeys(e *evidence.Endpoint) (keys []string, why string) {
	f := e.Facts.Certificates
	if unsettled(f.State) {
		why = f.Why
	}
	for _, chain := range f.Value {
		if len(chain.Certificates) == 0 {
			continue
		}
		switch c := e.Blobs.Certificates[chain.Certificates[0]]; {
		case c == nil:
			why = "a certificate is missing from the evidence"
		case c.PublicKey.SHA256 == "":
			why = unread(c, "the key of "+label(c))
		default:
			keys = addOnce(keys, c.PublicKey.SHA256)
		}
	}
	return keys, why
}
