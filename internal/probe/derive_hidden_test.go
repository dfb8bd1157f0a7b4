package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestHiddenSchemes leaves open whether a server signs with SHA-1 that refuses to, and may do so for its certificate.
func TestHiddenSchemes(t *testing.T) {
	const suite = 0xC02F
	signed := func(s tlswire.SignatureScheme) evidence.Message {
		return evidence.Message{Type: tlswire.TypeServerKeyExchange, Body: must(tlswire.ServerKeyExchange{
			EC:     &tlswire.ServerECParams{CurveType: tlswire.CurveNamed, Group: tlswire.X25519, Point: make([]byte, 32)},
			Scheme: s, Signature: make([]byte, 256)}.Marshal())}
	}
	done, chain := evidence.End{Kind: evidence.EndDone}, evidence.Message{Type: tlswire.TypeCertificate, Certificates: []string{"leaf"}, Length: 900}
	narrow := func(list ...tlswire.SignatureScheme) evidence.Offer {
		return evidence.Offer{Version: tlswire.TLS12, Schemes: list, Suites: evidence.SuiteOffer{Only: []tlswire.Suite{suite}}}
	}
	for name, tt := range map[string]struct {
		hash string
		more bool // another scheme was accepted alone
		want evidence.Answer
	}{
		"signed with SHA-256":            {"SHA-256", false, evidence.No},
		"signed with MD5":                {"MD5", false, evidence.Unsure},
		"signed with MD5, and no matter": {"MD5", true, evidence.No},
	} {
		t.Run(name, func(t *testing.T) {
			others := difference(schemes12, []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256})
			seen := []evidence.Observation{chosen("suites-tls1.2/1", suite, done, chain, signed(tlswire.RSAPSSRSAESHA256))}
			if tt.more {
				again := chosen("signatures-tls12/1", suite, done, chain, signed(tlswire.RSAPKCS1SHA256))
				again.Offer = narrow(tlswire.RSAPKCS1SHA256)
				seen = append(seen, again)
				others = difference(others, []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA256})
			}
			list := refusing(seen...)
			no := list[len(list)-1]
			no.ID, no.Offer, no.Start = "signatures-tls12/2", narrow(others...), no.Start+no.Start
			ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}, Observations: append(list, no)}
			ep.Blobs.Certificates = map[string]*evidence.Certificate{"leaf": {Signature: evidence.CertSignature{Hash: tt.hash}}}
			Derive(ep, nil)
			f := ep.Facts.Signatures
			sha1 := func(v tlswire.Version, s tlswire.SignatureScheme) bool { return s == tlswire.RSAPKCS1SHA1 }
			if got := evidence.AnyIn(f, sha1); got != tt.want || (got == evidence.Unsure) != (f.Why == hiddenSchemes) {
				t.Errorf("signs with SHA-1: %v, want %v; %v %q, %v, open %v", got, tt.want, f.State, f.Why, f.Value, f.Open)
			}
		})
	}
}
