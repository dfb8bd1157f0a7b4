package tlspeer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
)

var errPeerShare = errors.New("the peer's key share is not valid in its group")

// ffdheKey is a private key in one of the groups of RFC 7919.
type ffdheKey struct {
	p, x, y *big.Int
}

// ffdhePrime computes the modulus of RFC 7919, Appendix A from its definition,
// 2^b - 2^(b-64) + (floor(2^(b-130) e) + add) 2^64 - 1.
func ffdhePrime(bits uint, add int64) *big.Int {
	one := big.NewInt(1)
	p := floorE(bits - 130)
	p.Add(p, big.NewInt(add))
	p.Lsh(p, 64)
	p.Add(p, new(big.Int).Lsh(one, bits))
	p.Sub(p, new(big.Int).Lsh(one, bits-64))
	return p.Sub(p, one)
}

// floorE returns floor(2^bits e), summing 1/k! with 64 bits to spare.
func floorE(bits uint) *big.Int {
	const guard = 64
	term := new(big.Int).Lsh(big.NewInt(1), bits+guard)
	sum := new(big.Int).Set(term)
	for k := int64(1); term.Sign() > 0; k++ {
		term.Quo(term, big.NewInt(k))
		sum.Add(sum, term)
	}
	return sum.Rsh(sum, guard)
}

// generateFFDHE draws a key. The exponent is short, as RFC 7919, Section 5.2
// allows: 400 bits serve the largest group.
func generateFFDHE(bits uint, add int64) (private, error) {
	k := &ffdheKey{p: ffdhePrime(bits, add)}
	var err error
	if k.x, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 400)); err != nil {
		return nil, fmt.Errorf("generating a key: %w", err)
	}
	k.x.SetBit(k.x, 400, 1)
	k.y = new(big.Int).Exp(big.NewInt(2), k.x, k.p)
	return k, nil
}

// public is Y padded to the size of the prime (RFC 8446, Section 4.2.8.1).
func (k *ffdheKey) public() []byte { return k.y.FillBytes(make([]byte, k.p.BitLen()/8)) }

// agree keeps leading zeros (RFC 8446, Section 7.4.1).
func (k *ffdheKey) agree(peer []byte) ([]byte, error) {
	y := new(big.Int).SetBytes(peer)
	last := new(big.Int).Sub(k.p, big.NewInt(1))
	if y.Cmp(big.NewInt(1)) <= 0 || y.Cmp(last) >= 0 {
		return nil, errPeerShare
	}
	return y.Exp(y, k.x, k.p).FillBytes(make([]byte, k.p.BitLen()/8)), nil
}
