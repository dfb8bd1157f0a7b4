package x509lax

import (
	"math/big"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/debiankey"
)

func TestCompareDebian(t *testing.T) {
	p, q := debiankey.Origin{Arch: debiankey.LE32, Seed: debiankey.Read, Bits: 2048, PID: 4096}.Primes()
	weak := new(big.Int).Mul(p, q)
	fresh := new(big.Int).Mul(prime(t, 1024), prime(t, 1024))
	likely := new(big.Int).Add(weak, big.NewInt(2)) // has an entry of the table by chance
	for debiankey.Candidates(likely) == nil {
		likely.Add(likely, big.NewInt(2))
	}
	read := func(key []byte) *evidence.Certificate {
		c := plain()
		c.key = key
		return Read(c.der())
	}
	e := big.NewInt(65537)
	for _, c := range []struct {
		name         string
		cert         *evidence.Certificate
		tries        int
		tested, weak bool
	}{
		{"one of them", read(rsaKey(weak, e)), 5, true, true},
		{"one of them, with the exponent 3", read(rsaKey(weak, big.NewInt(3))), 5, true, true},
		{"one of them, and no try left", read(rsaKey(weak, e)), 0, false, false},
		{"fresh", read(rsaKey(fresh, e)), 5, true, false},
		{"likely, but none of them", read(rsaKey(likely, e)), 5, true, false},
		{"likely, and no try left", read(rsaKey(likely, e)), 0, false, false},
		{"another size", read(rsaKey(new(big.Int).Rsh(weak, 1), e)), 5, false, false},
		{"no certificate", Read([]byte{1}), 5, false, false},
	} {
		CompareDebian(c.cert, &c.tries)
		k := c.cert.PublicKey
		if k.DebianTested != c.tested || (k.Debian != nil) != c.weak {
			t.Errorf("%s: tested %v, %+v", c.name, k.DebianTested, k.Debian)
		}
		if k.Debian != nil && *k.Debian != (evidence.DebianKey{Arch: "le32", Seed: "rnd", PID: 4096}) {
			t.Errorf("%s: %+v", c.name, *k.Debian)
		}
		if c.weak && c.tries >= 5 {
			t.Errorf("%s: no try was taken", c.name)
		}
	}
}
