package lab

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"math/big"

	"github.com/mailtls/mailtls/internal/debiankey"
)

// newOddRSA makes an RSA key of 2048 bits that anybody can compute from its public half.
func newOddRSA(kind KeyKind) (key, error) {
	one := big.NewInt(1)
	for {
		p, q, err := oddPrimes(kind)
		if err != nil {
			return key{}, fmt.Errorf("making a key of kind %q: %w", kind, err)
		}
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(big.NewInt(65537), phi)
		if d == nil || n.BitLen() != 2048 {
			continue
		}
		k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		switch kind {
		case RSAOne:
			k.E, k.D = 1, one
			fallthrough
		case RSANear: // neither will crypto/rsa work with
			return key{short: k}, nil
		}
		k.Precompute()
		return key{std: k}, nil
	}
}

// oddPrimes returns the factors of a key of that kind.
func oddPrimes(kind KeyKind) (p, q *big.Int, err error) {
	const bits = 1024
	if kind == RSADebian {
		p, q = debiankey.Origin{Arch: debiankey.LE32, Seed: debiankey.Read, Bits: 2 * bits, PID: 4096}.Primes()
		return p, q, nil
	}
	if kind == RSAROCA {
		if p, err = rocaPrime(bits); err == nil {
			q, err = rocaPrime(bits)
		}
		return p, q, err
	}
	if p, err = rand.Prime(rand.Reader, bits); err != nil {
		return nil, nil, err
	}
	if kind != RSANear {
		q, err = rand.Prime(rand.Reader, bits)
		return p, q, err
	}
	q = new(big.Int).Set(p)
	for {
		if q.Add(q, big.NewInt(2)); q.ProbablyPrime(16) {
			return p, q, nil
		}
	}
}

// rocaPrime returns a prime as Infineon's library made them: k*M + (65537^a mod M), with M a product of small primes (Nemec
// et al., "The Return of Coppersmith's Attack", Section 2.2; M is shorter here, as for keys of 512 bits).
func rocaPrime(bits int) (*big.Int, error) {
	m := big.NewInt(1)
	for n := int64(2); n <= 167; n++ {
		if p := big.NewInt(n); p.ProbablyPrime(8) {
			m.Mul(m, p)
		}
	}
	most := new(big.Int).Lsh(big.NewInt(1), uint(bits-m.BitLen()+1))
	for {
		a, err := rand.Int(rand.Reader, m)
		if err != nil {
			return nil, err
		}
		k, err := rand.Int(rand.Reader, most)
		if err != nil {
			return nil, err
		}
		p := new(big.Int).Exp(big.NewInt(65537), a, m)
		if p.Add(p, k.Mul(k, m)); p.BitLen() == bits && p.ProbablyPrime(16) {
			return p, nil
		}
	}
}
