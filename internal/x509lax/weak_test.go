package x509lax

import (
	"crypto/rand"
	"math/big"
	"testing"
)

func prime(t testing.TB, bits int) *big.Int {
	t.Helper()
	p, err := rand.Prime(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// nextPrime returns the first prime above n.
func nextPrime(n *big.Int) *big.Int {
	p := new(big.Int).Add(n, big.NewInt(2))
	for !p.ProbablyPrime(16) {
		p.Add(p, big.NewInt(2))
	}
	return p
}

// rocaPrime makes a prime as the library did: k*M + (65537^a mod M), with M the product of the first 39 primes, as for keys
// of 512 bits.
func rocaPrime(t testing.TB, bits int) *big.Int {
	t.Helper()
	m := big.NewInt(1)
	for p := int64(2); p <= 167; p++ {
		if big.NewInt(p).ProbablyPrime(8) {
			m.Mul(m, big.NewInt(p))
		}
	}
	for {
		a, err := rand.Int(rand.Reader, m)
		if err != nil {
			t.Fatal(err)
		}
		p := new(big.Int).Exp(big.NewInt(65537), a, m)
		p.Add(p, new(big.Int).Mul(prime(t, bits-m.BitLen()), m))
		if p.ProbablyPrime(16) {
			return p
		}
	}
}

func TestWeakModulus(t *testing.T) {
	p := prime(t, 512)
	for _, c := range []struct {
		name        string
		n           *big.Int
		roca, close bool
	}{
		{"good", new(big.Int).Mul(p, prime(t, 512)), false, false},
		{"neighbours", new(big.Int).Mul(p, nextPrime(p)), false, true},
		{"a square", new(big.Int).Mul(p, p), false, true},
		{"half of the bits alike", new(big.Int).Mul(p, nextPrime(new(big.Int).Xor(p, new(big.Int).Lsh(big.NewInt(1), 300)))), false, false},
		{"ROCA", new(big.Int).Mul(rocaPrime(t, 512), rocaPrime(t, 512)), true, false},
		{"one prime of ROCA", new(big.Int).Mul(rocaPrime(t, 512), p), false, false},
	} {
		if roca, near := hasROCA(c.n), hasCloseFactors(c.n); roca != c.roca || near != c.close {
			t.Errorf("%s: ROCA %v, close %v", c.name, roca, near)
		}
	}
}

// TestIsSquare compares with the roots of all small numbers.
func TestIsSquare(t *testing.T) {
	for n, root := int64(0), int64(0); n < 5000; n++ {
		if (root+1)*(root+1) == n {
			root++
		}
		if got := isSquare(big.NewInt(n)); got != (root*root == n) {
			t.Errorf("%d: %v", n, got)
		}
	}
}

func BenchmarkWeakModulus(b *testing.B) {
	n := new(big.Int).Mul(prime(b, 1024), prime(b, 1024))
	for b.Loop() {
		hasROCA(n)
		hasCloseFactors(n)
	}
}
