package lab

import (
	"math/big"
	"testing"
)

// TestPrimes holds the primes to what their names say.
func TestPrimes(t *testing.T) {
	for _, c := range []struct {
		name        string
		hex         string
		bits        int
		prime, safe bool
	}{
		{"mod_ssl 512", modSSL512, 512, true, true},
		{"Oakley 2", oakley2, 1024, true, true},
		{"Oakley 14", oakley14, 2048, true, true},
		{"unsafe", unsafe1024, 1024, true, false},
		{"even", even1024, 1024, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ok := new(big.Int).SetString(c.hex, 16)
			if !ok || p.BitLen() != c.bits {
				t.Fatalf("%d bits, want %d", p.BitLen(), c.bits)
			}
			half := new(big.Int).Rsh(p, 1)
			if p.ProbablyPrime(2) != c.prime || (c.prime && half.ProbablyPrime(2)) != c.safe {
				t.Errorf("prime %v, safe %v", p.ProbablyPrime(2), half.ProbablyPrime(2))
			}
		})
	}
}

// TestDHKey makes a key in a real group, and survives what is none.
func TestDHKey(t *testing.T) {
	k, err := newDHKey(DHParams{P: oakley2})
	if err != nil {
		t.Fatal(err)
	}
	if want := new(big.Int).Exp(k.g, k.x, k.p); k.y.Cmp(want) != 0 {
		t.Errorf("y = %x, want %x", k.y, want)
	}
	for _, p := range []string{"0", "1", even1024} {
		if _, err := newDHKey(DHParams{P: p}); err != nil {
			t.Errorf("p = %s: %v", p, err)
		}
	}
	if _, err := newDHKey(DHParams{P: "not a number"}); err == nil {
		t.Error("a prime that is no number was accepted")
	}
}
