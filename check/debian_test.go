package check

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestDebian wants a known key to be named with all that it follows from, and nothing to pass that was not compared.
func TestDebian(t *testing.T) {
	key := func(of string, change func(*evidence.PublicKey)) harm {
		return func(_ testing.TB, e *evidence.Endpoint) { change(&e.Blobs.Certificates[of].PublicKey) }
	}
	known := func(k *evidence.PublicKey) { k.Debian = &evidence.DebianKey{Arch: "le64", Seed: "nornd", PID: 4711} }
	size := func(bits int) func(*evidence.PublicKey) {
		return func(k *evidence.PublicKey) { k.Bits, k.DebianTested = bits, false }
	}
	rsa := func(bits int) func(*evidence.PublicKey) {
		return func(k *evidence.PublicKey) { *k = evidence.PublicKey{Algorithm: "RSA", Bits: bits, Exponent: "65537"} }
	}
	for _, c := range []struct {
		name    string
		harm    harm
		want    Level
		message string
	}{
		{"none of them", nothing, Pass, "its key is none"},
		{"one of them", key("leaf", known), Fail, "made as process 4711 on a 64-bit little-endian (such as amd64) machine, without a file ~/.rnd"},
		{"one of them, above the leaf", key("ca", known), Fail, "process 4711"},
		{"a root's", key("root", known), Pass, "its key is none"},
		{"not compared", key("leaf", func(k *evidence.PublicKey) { k.DebianTested = false }), Undecided, "was not compared"},
		{"not compared, above the leaf", key("ca", rsa(2048)), Undecided, "was not compared"},
		{"4096 bits", key("leaf", size(4096)), NotApplicable, "is RSA with 4096 bits"},
		{"4096 bits, above the leaf", key("ca", rsa(4096)), Pass, "its key is none"},
		{"2047 bits", key("leaf", size(2047)), NotApplicable, "is RSA with 2047 bits"},
		{"EC", key("leaf", func(k *evidence.PublicKey) { *k = evidence.PublicKey{Algorithm: "EC", Curve: "secp256r1", Bits: 256} }),
			NotApplicable, "is EC secp256r1"},
		{"EC below one of them", func(t testing.TB, e *evidence.Endpoint) {
			e.Blobs.Certificates["leaf"].PublicKey = evidence.PublicKey{Algorithm: "EC", Curve: "secp256r1", Bits: 256}
			key("ca", known)(t, e)
		}, Fail, "process 4711"},
		{"names of a later version", key("leaf", func(k *evidence.PublicKey) { k.Debian = &evidence.DebianKey{Arch: "be64", Seed: "other", PID: 1} }),
			Fail, "process 1 on a be64 machine, other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := healthy(t)
			c.harm(t, e)
			if f := run(t, "debian-weak-key", e); f.Level != c.want || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s: %s", f.Level, f.Message)
			}
		})
	}
}
