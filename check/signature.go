package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// signatureChecks are on how handshakes of TLS 1.2 are signed, beyond what sha1-signature tells.
func signatureChecks() []Check {
	return []Check{
		{
			ID:    "md5-signature",
			Title: "Handshakes are signed with MD5",
			Text: "Two texts with the same MD5 hash are a matter of seconds, and somebody on the way can use them to take part in a " +
				"session (SLOTH). No client offers MD5 by itself, but attackers do. Turn it off, or update the TLS library.",
			Refs:    []string{"RFC 9155, Section 4", "CVE-2015-7575"},
			Needs:   []evidence.Need{{Key: evidence.KeySignatures, Scheme: isMD5}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return evidence.AnyIn(f.Signatures, isMD5) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Signatures
				if signsNothing(f) {
					return notApplicable("no handshake is signed")
				}
				schemes := matching(f.Value[tlswire.TLS12], func(x tlswire.SignatureScheme) bool { return isMD5(tlswire.TLS12, x) })
				return decide(evidence.AnyIn(f, isMD5),
					bad(s, p.Check("md5-signature"), "signs its key exchange with MD5 when a client allows it").seen(texts(schemes), f.From),
					good("does not sign with MD5").seen(nil, f.From))
			},
		},
		{
			ID:    "sigalg-ignored",
			Title: "Handshakes are signed in ways that the client does not offer",
			Text: "A server must sign in a way that the client has offered, or refuse. Strict programs break off when it does " +
				"otherwise. OpenSSL 1.0.1 and older fall back to SHA-1 so; update the TLS library.",
			Refs:  []string{"RFC 5246, Section 7.4.3"},
			Needs: []evidence.Need{{Key: evidence.KeyHeedsSchemes}},
			Extra: true,
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.HeedsSchemes
				return decide(not(evidence.Is(f)),
					bad(s, p.Check("sigalg-ignored"), "signs its key exchange as the client does not offer").seen(nil, f.From),
					good("signs as the client offers, or not at all").seen(nil, f.From))
			},
		},
		{
			ID:    "rsa-pkcs1-only",
			Title: "TLS 1.2 is signed in the old way of RSA alone",
			Text: "The signature scheme of PKCS #1 v1.5 has no proof of its safety, and RSA-PSS has; TLS 1.3 allows nothing else. " +
				"BSI TR-02102-2 recommends PKCS #1 v1.5 until 2025 only. Current libraries have RSA-PSS in TLS 1.2, too.",
			Refs: []string{"RFC 9846, Section 4.2.3", "RFC 8017, Section 8"},
			Needs: []evidence.Need{{Key: evidence.KeySignatures, Scheme: signsBy("RSA-PKCS1")},
				{Key: evidence.KeySignatures, Scheme: signsBy("RSA-PSS")}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return oldRSAOnly(f.Signatures) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Signatures
				if len(f.Value[tlswire.TLS12])+len(f.Open[tlswire.TLS12]) == 0 {
					return notApplicable("no handshake of TLS 1.2 is signed")
				}
				return decide(oldRSAOnly(f),
					bad(s, p.Check("rsa-pkcs1-only"), "signs TLS 1.2 with PKCS #1 v1.5 and never with PSS").seen(texts(f.Value[tlswire.TLS12]), f.From),
					good("does not depend on PKCS #1 v1.5").seen(nil, f.From))
			},
		},
	}
}

func isMD5(v tlswire.Version, s tlswire.SignatureScheme) bool {
	i, ok := s.Info()
	return ok && v == tlswire.TLS12 && i.Hash == "MD5"
}

// oldRSAOnly answers whether TLS 1.2 is signed with RSA keys, and always with PKCS #1 v1.5.
func oldRSAOnly(f evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]]) evidence.Answer {
	old, pss := evidence.AnyIn(f, signsBy("RSA-PKCS1")), evidence.AnyIn(f, signsBy("RSA-PSS"))
	switch {
	case old == evidence.No || pss == evidence.Yes:
		return evidence.No
	case old == evidence.Yes && pss == evidence.No:
		return evidence.Yes
	}
	return evidence.Unsure
}

// signsBy matches the schemes by which TLS 1.2 is signed in a way of that name.
func signsBy(how string) func(tlswire.Version, tlswire.SignatureScheme) bool {
	return func(v tlswire.Version, s tlswire.SignatureScheme) bool {
		i, ok := s.Info()
		return ok && v == tlswire.TLS12 && i.Signature == how
	}
}
