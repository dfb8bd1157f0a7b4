package tlswire

import (
	"bufio"
	"math/big"
	"os"
	"strings"
	"testing"
)

// TestPrimesByFormula computes the primes that are defined by a formula, so
// that the digests in the table rest on no copy of a copy.
func TestPrimesByFormula(t *testing.T) {
	tests := []struct {
		name   string
		bits   uint
		offset int64
		middle func(uint) *big.Int
	}{
		{"RFC 2409 group 1", 768, 149686, pi}, {"RFC 2409 group 2", 1024, 129093, pi},
		{"RFC 3526 group 5", 1536, 741804, pi}, {"RFC 3526 group 14", 2048, 124476, pi},
		{"RFC 3526 group 15", 3072, 1690314, pi}, {"RFC 3526 group 16", 4096, 240904, pi},
		{"RFC 3526 group 17", 6144, 929484, pi}, {"RFC 3526 group 18", 8192, 4743158, pi},
		{"ffdhe2048", 2048, 560316, euler}, {"ffdhe3072", 3072, 2625351, euler}, {"ffdhe4096", 4096, 5736041, euler},
		{"ffdhe6144", 6144, 15705020, euler}, {"ffdhe8192", 8192, 10965728, euler},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := formulaPrime(test.bits, test.offset, test.middle)
			expectPrime(t, test.name, p)
		})
	}
}

// formulaPrime is 2^b - 2^(b-64) - 1 + 2^64 * ([2^(b-130) * x] + offset), with
// x = pi in RFC 2409 and RFC 3526 and x = e in RFC 7919, Appendix A.
func formulaPrime(bits uint, offset int64, middle func(uint) *big.Int) *big.Int {
	p := new(big.Int).Add(middle(bits-130), big.NewInt(offset))
	p.Lsh(p, 64)
	p.Add(p, new(big.Int).Lsh(big.NewInt(1), bits))
	p.Sub(p, new(big.Int).Lsh(big.NewInt(1), bits-64))
	return p.Sub(p, big.NewInt(1))
}

const guardBits = 64

// pi is [2^bits * pi] by Machin's formula.
func pi(bits uint) *big.Int {
	sum := new(big.Int).Mul(big.NewInt(4), arctanInverse(5, bits+guardBits))
	sum.Sub(sum, arctanInverse(239, bits+guardBits))
	return sum.Rsh(sum.Lsh(sum, 2), guardBits)
}

// arctanInverse is 2^bits * arctan(1/x), a few units off.
func arctanInverse(x int64, bits uint) *big.Int {
	term := new(big.Int).Lsh(big.NewInt(1), bits)
	term.Quo(term, big.NewInt(x))
	sum := new(big.Int).Set(term)
	for k := int64(3); term.Sign() != 0; k += 2 {
		term.Quo(term, big.NewInt(-x*x))
		sum.Add(sum, new(big.Int).Quo(term, big.NewInt(k)))
	}
	return sum
}

// euler is [2^bits * e] by its series.
func euler(bits uint) *big.Int {
	term := new(big.Int).Lsh(big.NewInt(1), bits+guardBits)
	sum := new(big.Int).Set(term)
	for k := int64(1); term.Sign() != 0; k++ {
		term.Quo(term, big.NewInt(k))
		sum.Add(sum, term)
	}
	return sum.Rsh(sum, guardBits)
}

func TestPrimesOfPrograms(t *testing.T) {
	f, err := os.Open("testdata/dh_primes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, digits, ok := strings.Cut(lines.Text(), ": ")
		p, isHex := new(big.Int).SetString(digits, 16)
		if strings.HasPrefix(name, "#") || !ok || !isHex {
			continue
		}
		count++
		t.Run(name, func(t *testing.T) { expectPrime(t, name, p) })
	}
	const byFormula = 13
	if count+byFormula != len(dhPrimes) {
		t.Errorf("%d primes in the file and %d by formula, but %d in the table", count, byFormula, len(dhPrimes))
	}
}

func expectPrime(t *testing.T, name string, p *big.Int) {
	t.Helper()
	known, ok := KnownPrime(p)
	if !ok || known.Name != name {
		t.Fatalf("found %q (%v), want %q", known.Name, ok, name)
	}
	if known.Bits != p.BitLen() {
		t.Errorf("%d bits in the table, %d in p", known.Bits, p.BitLen())
	}
	if p.BitLen() > 2048 {
		return // takes seconds; the digest tells already that p is the prime of the RFC
	}
	half := new(big.Int).Rsh(p, 1)
	if !p.ProbablyPrime(0) || half.ProbablyPrime(0) != known.Safe {
		t.Errorf("prime %v, safe %v in the table, %v in truth", p.ProbablyPrime(0), known.Safe, half.ProbablyPrime(0))
	}
}

func TestOtherNumbersAreNotKnown(t *testing.T) {
	for name, p := range map[string]*big.Int{"nil": nil, "zero": new(big.Int), "one": big.NewInt(1), "negative": big.NewInt(-23)} {
		t.Run(name, func(t *testing.T) {
			if known, ok := KnownPrime(p); ok {
				t.Errorf("found %v", known)
			}
		})
	}
}
