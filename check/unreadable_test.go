package check

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestUnreadableCertificate wants no check on certificates to pass one of which nothing, or not enough, could be read.
func TestUnreadableCertificate(t *testing.T) {
	nothing := func(c *evidence.Certificate) {
		*c = evidence.Certificate{SHA256: c.SHA256, Problems: []string{"certificate: not a sequence"}}
	}
	noKey := func(c *evidence.Certificate) { c.PublicKey = evidence.PublicKey{} }
	noSignature := func(c *evidence.Certificate) { c.Signature = evidence.CertSignature{} }
	const leafBlank = " chain-order chain-extra chain-expired-extra cert-eku cert-ku cert-wildcard sni-required cert-validity-too-long" +
		" shared-key-known cert-single-type roca fermat rsa-exponent debian-weak-key cert-no-sct ocsp-must-staple ocsp-stapling-missing"
	const keys = "cert-weak-key roca fermat rsa-exponent debian-weak-key"
	tests := map[string]struct {
		which string
		harm  func(*evidence.Certificate)
		open  string // checks that must be undecided
	}{
		"nothing":                {"leaf", nothing, "cert-expired cert-not-yet-valid cert-expiring cert-hostname cert-weak-key sha1-cert md5-cert" + leafBlank},
		"no key":                 {"leaf", noKey, keys + " shared-key-known cert-single-type"},
		"no signature algorithm": {"leaf", noSignature, "sha1-cert md5-cert"},
		"an unknown key": {"leaf", func(c *evidence.Certificate) {
			c.PublicKey = evidence.PublicKey{Algorithm: "1.3.6.1.4.1.99", OID: "1.3.6.1.4.1.99", SHA256: "key of mx"}
		}, "cert-weak-key"},
		"an unknown signature": {"leaf", func(c *evidence.Certificate) {
			c.Signature = evidence.CertSignature{Name: "1.3.6.1.4.1.99", Algorithm: "1.3.6.1.4.1.99", OID: "1.3.6.1.4.1.99"}
		}, "sha1-cert md5-cert"},
		"an RSA key without size": {"leaf", func(c *evidence.Certificate) { c.PublicKey.Bits = 0 }, keys},
		"PSS without its hash":    {"leaf", func(c *evidence.Certificate) { c.Signature.Algorithm, c.Signature.Hash = "RSA-PSS", "" }, "sha1-cert md5-cert"},
		"names cut off": {"leaf", func(c *evidence.Certificate) {
			c.Names = evidence.AltNames{DNS: []string{"a.example"}, Count: 1001}
		}, "cert-hostname cert-wildcard sni-required"},
		"nothing above the leaf": {"ca", nothing, keys + " sha1-cert md5-cert chain-order chain-extra chain-expired-extra"},
		"no key above the leaf":  {"ca", noKey, keys},
	}
	p := mailPolicy(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := healthy(t)
			tt.harm(e.Blobs.Certificates[tt.which])
			for _, f := range RunAll(NewSubject(e), p) {
				if want := strings.Contains(" "+tt.open+" ", " "+f.Check+" "); want != (f.Level == Undecided) {
					t.Errorf("%s is %v, undecided wanted: %v: %s", f.Check, f.Level, want, f.Message)
				}
			}
		})
	}
}

// TestKeysWithoutSize passes keys whose strength is in their name. Debian's were none of those.
func TestKeysWithoutSize(t *testing.T) {
	for _, algorithm := range []string{"Ed25519", "ML-DSA-65"} {
		e := healthy(t)
		c := e.Blobs.Certificates["leaf"]
		c.PublicKey = evidence.PublicKey{Algorithm: algorithm, OID: "1.3.101.112", SHA256: "key of mx"}
		c.Signature = evidence.CertSignature{Name: algorithm, Algorithm: algorithm, OID: "1.3.101.112"}
		for _, f := range RunAll(NewSubject(e), mailPolicy(t)) {
			if _, other := circumstances[f.Check]; f.Level != Pass && !other && f.Check != "fallback-scsv" && f.Check != "debian-weak-key" {
				t.Errorf("%s: %s is %v: %s", algorithm, f.Check, f.Level, f.Message)
			}
		}
	}
}

// TestEmptyChain judges a server that shows no certificate where one belongs, alone and beside a chain that is in order.
func TestEmptyChain(t *testing.T) {
	for _, beside := range []bool{false, true} {
		e := healthy(t)
		none := evidence.Chain{WithSNI: true, Trust: &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.NoCertificate}}}
		chains := []evidence.Chain{none}
		want := NotApplicable
		if beside {
			chains, want = append(e.Facts.Certificates.Value, none), Pass
		}
		e.Facts.Certificates = known(chains)
		for _, c := range All() {
			s := NewSubject(e)
			s.Others = NewHosts(circumstances[c.ID].others...)
			f := c.Run(s, mailPolicy(t))
			switch {
			case c.ID == "cert-untrusted":
				if f.Level != Warn || f.Message != "the server sends an empty chain" || len(f.From) == 0 {
					t.Errorf("beside a chain: %v: %+v", beside, f)
				}
			case c.Needs[0].Key == evidence.KeyCertificates && f.Level != want:
				t.Errorf("beside a chain: %v: %s is %v, want %v: %s", beside, c.ID, f.Level, want, f.Message)
			}
		}
	}
}
