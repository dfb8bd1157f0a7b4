package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// revocationChecks are on what the authority says of the certificate since it made it.
func revocationChecks() []Check {
	return []Check{
		{
			ID:    "ocsp-staple-invalid",
			Title: "An OCSP response is sent along that nobody can use",
			Text: "It is out of date, about another certificate, wrongly signed or no answer at all. Some programs break off at " +
				"that, though they would take the certificate alone; where the certificate asks for a response (\"must-staple\") " +
				"more do. Mostly the server cannot reach the responder, or goes on with a file that nobody renews: look at its " +
				"log, or turn OCSP stapling off.",
			Refs:  []string{"RFC 6066, Section 8", "RFC 6960, Section 3.2"},
			Needs: certificateNeeds(),
			Eval:  perChain(evalStaple),
		},
		{
			ID:    "cert-revoked",
			Title: "The certificate is revoked",
			Text: "The authority took the certificate back: its key may be known to others, or it was given to the wrong one. " +
				"Programs that ask refuse it. Make a new key and get a new certificate.",
			Refs:  []string{"RFC 6960, Section 2.2", "RFC 5280, Section 6.3"},
			Needs: certificateNeeds(),
			Asked: []*evidence.Key{evidence.KeyRevocation},
			Extra: true,
			Eval:  perChain(evalRevoked),
		},
	}
}

func evalStaple(s *Subject, p *policy.Policy, c shown) Finding {
	var open string
	for _, r := range c.Staples {
		wrong := slices.DeleteFunc(slices.Clone(r.Problems), func(x evidence.OCSPProblem) bool { return x == evidence.OCSPUnverified })
		switch {
		case len(wrong) > 0:
			return bad(s, p.Check("ocsp-staple-invalid"), "the OCSP response "+fault(r, wrong)).seen([]string{label(c.leaf)}, nil)
		case r.Status == evidence.RevocationUnsure:
			return bad(s, p.Check("ocsp-staple-invalid"), "the OCSP response says that the authority does not know the certificate").
				seen([]string{label(c.leaf)}, nil)
		case len(r.Problems) > 0:
			open = "who signed the OCSP response was not checked: " + r.Detail
		}
	}
	switch {
	case open != "":
		return undecided(open)
	case len(c.Staples) > 0:
		return good("comes with an OCSP response that can be used")
	case c.Stapled:
		return undecided("the OCSP response that comes with it was not kept")
	}
	return good("comes without an OCSP response")
}

// fault says what is wrong with a response, in a few words.
func fault(r evidence.OCSPResponse, wrong []evidence.OCSPProblem) string {
	words := map[evidence.OCSPProblem]string{
		evidence.OCSPMalformed:   "cannot be read",
		evidence.OCSPRefused:     "is the responder's refusal to answer",
		evidence.OCSPOther:       "is about another certificate",
		evidence.OCSPSignature:   "is not signed by the issuer",
		evidence.OCSPSigner:      "is signed by one whom the issuer did not charge with it",
		evidence.OCSPNotYetValid: "is not valid yet",
		evidence.OCSPCritical:    "has a critical extension that clients do not know",
		evidence.OCSPExpired:     "is out of date since " + date(cmp.Or(r.NextUpdate, r.ThisUpdate)),
	}
	var out []string
	for _, x := range wrong {
		out = append(out, cmp.Or(words[x], "is faulty: "+string(x)))
	}
	return strings.Join(out, ", ")
}

// evalRevoked believes what came with the certificate, and what the authorities said if they were asked.
func evalRevoked(s *Subject, p *policy.Policy, c shown) Finding {
	vouched := false
	for _, r := range c.Staples {
		switch {
		case !r.Believed():
		case r.Status == evidence.Revoked:
			return revoked(s, p, c.leaf, revocationOf(r))
		case r.Status == evidence.NotRevoked:
			vouched = true
		}
	}
	switch f := s.Endpoint.Facts.Revocation; f.State {
	case evidence.NotSought: // nobody was asked
	case evidence.Inapplicable:
		return notApplicable(f.Why)
	case evidence.Unknown:
		return undecided(f.Why)
	default:
		if c.Trust != nil && c.Trust.RootDN == "" {
			return notApplicable("it does not come from a trusted authority")
		}
		return evalAsked(s, p, c)
	}
	if vouched {
		return good("its authority calls it good, in the response that comes with it")
	}
	return undecided(evidence.NotAsked)
}

// evalAsked goes by what the authorities of the chain said.
func evalAsked(s *Subject, p *policy.Policy, c shown) Finding {
	f := good("its authority calls it good")
	for i, cert := range c.all() {
		if i > 0 && cert.SelfSigned {
			continue
		}
		r, ok := asked(s.Endpoint.Facts.Revocation.Value, cert)
		switch {
		case r.Status == evidence.Revoked:
			return revoked(s, p, cert, r)
		case r.Status == evidence.NotRevoked:
		case r.Sourceless && i == 0:
			f = notApplicable("its authority does not tell which certificates it has revoked")
		case r.Sourceless:
		case f.Level != Undecided:
			f = undecided(unanswered(label(cert), r, ok))
		}
	}
	return f
}

func asked(list []evidence.Revocation, c *evidence.Certificate) (evidence.Revocation, bool) {
	i := slices.IndexFunc(list, func(r evidence.Revocation) bool {
		return r.Certificate != "" && strings.HasPrefix(c.SHA256, r.Certificate)
	})
	if i < 0 {
		return evidence.Revocation{}, false
	}
	return list[i], true
}

// unanswered says why it is not known whether a certificate is revoked.
func unanswered(who string, r evidence.Revocation, asked bool) string {
	switch {
	case !asked:
		return "nobody was asked about " + who
	case len(r.Failed) > 0:
		last := r.Failed[len(r.Failed)-1]
		return "no answer about " + who + ": " + last.By + ": " + last.Why
	}
	return "its authority does not know " + who
}

func revocationOf(r evidence.OCSPResponse) evidence.Revocation {
	return evidence.Revocation{RevokedAt: r.RevokedAt, Reason: r.Reason}
}

func revoked(s *Subject, p *policy.Policy, c *evidence.Certificate, r evidence.Revocation) Finding {
	text := label(c) + " is revoked"
	if !r.RevokedAt.IsZero() {
		text += " since " + date(r.RevokedAt)
	}
	var seen []string
	if r.Reason != "" {
		seen = append(seen, r.Reason)
	}
	return bad(s, p.Check("cert-revoked"), text).seen(append([]string{label(c)}, seen...), nil)
}
