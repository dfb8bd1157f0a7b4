package legacy

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"testing"
)

// TestPRF has the vectors for TLS 1.2 that were given to the TLS working group ("TLS 1.2 PRF test vectors"), and one of
// TLS 1.0 from "openssl kdf -kdfopt digest:MD5-SHA1 TLS1-PRF".
func TestPRF(t *testing.T) {
	for _, v := range []struct {
		name         string
		newHash      func() hash.Hash // nil: TLS 1.0
		secret, seed string
		want         string
	}{
		{"SHA-256", sha256.New, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c", `
			e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af
			0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701
			87347b66`},
		{"SHA-384", sha512.New384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465", `
			7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0
			e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425
			9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070
			3d73e56f`},
		{"MD5 and SHA-1", nil, "9bbe436ba940f017b17652849a71db35ff", "a0ba9f936cda311827a6f796ffd5198c", `
			6172 70adf8c791af59bc8878a208b8aaad4f4238c514510b72be81f2119c71661f819001d49c9a30f16bdd33e6924822
			bebdaf2401b10836081bcc70`},
	} {
		t.Run(v.name, func(t *testing.T) {
			want := unhex(t, v.want)
			seed := append([]byte("test label"), unhex(t, v.seed)...)
			got := prfTLS10(unhex(t, v.secret), seed, len(want))
			if v.newHash != nil {
				got = pHash(v.newHash, unhex(t, v.secret), seed, len(want))
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%x", got)
			}
		})
	}
}
