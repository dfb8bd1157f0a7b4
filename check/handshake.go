package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func handshakeChecks() []Check {
	return []Check{
		{
			ID:    "weak-dh",
			Title: "Diffie-Hellman groups are too weak",
			Text: "Groups of 1024 bits are within reach of states, and one precomputation serves for every server that " +
				"uses the same group (Logjam). Use ECDHE alone, or groups of 2048 bits and more with a safe prime, such as those of " +
				"RFC 7919.",
			Refs:  []string{"RFC 9325, Section 4.5", "CVE-2015-4000"},
			Needs: []evidence.Need{{Key: evidence.KeyDHParams}},
			Eval:  evalDH,
		},
		{
			ID:    "crime",
			Title: "TLS compression is accepted",
			Text: "Compression shows through the length of records whether guessed text equals a secret beside it (CRIME). " +
				"Turn it off; TLS 1.3 has none.",
			Refs:    []string{"RFC 9325, Section 3.3", "CVE-2012-4929"},
			Needs:   []evidence.Need{{Key: evidence.KeyCompression}},
			Settled: func(f *evidence.Facts) bool { return compresses(f) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Compression
				return decide(compresses(&s.Endpoint.Facts),
					bad(s, p.Check("crime"), "accepts TLS compression").seen(texts(f.Value), f.From),
					good("refuses TLS compression").seen(nil, f.From))
			},
		},
		{
			ID:    "sha1-signature",
			Title: "Handshakes are signed with SHA-1 or MD5",
			Text: "Collisions for both hashes can be computed. Servers must not sign with them, even for clients that ask " +
				"for nothing else.",
			Refs:    []string{"RFC 9155, Section 4", "CVE-2015-7575"},
			Cause:   []string{"md5-signature"},
			Needs:   []evidence.Need{{Key: evidence.KeySignatures, Scheme: isWeakIn12}},
			Settled: func(f *evidence.Facts) bool { return signsWeakly(f) != evidence.Unsure },
			Eval:    evalSignatures,
		},
	}
}

func compresses(f *evidence.Facts) evidence.Answer {
	return evidence.Any(f.Compression, func(m tlswire.CompressionMethod) bool { return m != tlswire.CompressionNull })
}

func evalSignatures(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.Signatures
	if signsNothing(f) {
		return notApplicable("no handshake is signed")
	}
	var weak []string
	for _, v := range tlswire.Versions() {
		for _, scheme := range f.Value[v] {
			if isWeakSignature(v, scheme) {
				weak = addOnce(weak, scheme.String())
			}
		}
	}
	return decide(signsWeakly(&s.Endpoint.Facts),
		bad(s, p.Check("sha1-signature"), "signs its key exchange with "+and(weak)+" when a client allows it").seen(weak, f.From),
		good("signs its key exchange with SHA-256 or better").seen(nil, f.From))
}

// signsNothing reports whether it is known that no handshake is signed.
func signsNothing(f evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]]) bool {
	return f.State == evidence.Known && !f.Value.Any(func(tlswire.Version, tlswire.SignatureScheme) bool { return true })
}

// signsWeakly asks TLS 1.2 alone where nothing was seen: TLS 1.3 has no scheme with a weak hash (RFC 8446, Section 4.2.3).
func signsWeakly(f *evidence.Facts) evidence.Answer {
	if evidence.AnyIn(f.Signatures, isWeakSignature) == evidence.Yes {
		return evidence.Yes
	}
	return evidence.AnyIn(f.Signatures, isWeakIn12)
}

func isWeakIn12(v tlswire.Version, s tlswire.SignatureScheme) bool {
	return v == tlswire.TLS12 && isWeakSignature(v, s)
}

// isWeakSignature leaves out TLS 1.1 and older, which have no other hash and are reported as such.
func isWeakSignature(v tlswire.Version, s tlswire.SignatureScheme) bool {
	i, ok := s.Info()
	return ok && v >= tlswire.TLS12 && (i.Hash == "SHA1" || i.Hash == "MD5")
}
