package tlspeer

import (
	"crypto/rand"
	"math/big"
	"slices"
)

const x448Size = 56

// x448Key is a private key for X448 (RFC 7748, Section 5), in its clamped,
// little-endian form.
type x448Key [x448Size]byte

func generateX448() (private, error) {
	k := new(x448Key)
	rand.Read(k[:])
	return k, nil
}

func (k *x448Key) public() []byte {
	base := [x448Size]byte{5}
	return x448(k[:], base[:])
}

// agree refuses the all-zero result (RFC 8446, Section 7.4.2).
func (k *x448Key) agree(peer []byte) ([]byte, error) {
	out := x448(k[:], peer)
	for _, b := range out {
		if b != 0 {
			return out, nil
		}
	}
	return nil, errPeerShare
}

// x448 is the function of RFC 7748, Section 5 in variable time.
func x448(scalar, u []byte) []byte {
	f := newField448()
	k := littleEndian(scalar)
	k.SetBit(k, 0, 0).SetBit(k, 1, 0).SetBit(k, 447, 1)
	x1 := new(big.Int).Mod(littleEndian(u), f.p)
	x2, z2 := big.NewInt(1), new(big.Int)
	x3, z3 := new(big.Int).Set(x1), big.NewInt(1)
	for t := 447; t >= 0; t-- {
		if k.Bit(t) == 1 {
			x2, z2, x3, z3 = f.step(x1, x3, z3, x2, z2)
			x2, x3, z2, z3 = x3, x2, z3, z2
		} else {
			x2, z2, x3, z3 = f.step(x1, x2, z2, x3, z3)
		}
	}
	inverse := new(big.Int).Exp(z2, new(big.Int).Sub(f.p, big.NewInt(2)), f.p)
	out := f.mul(x2, inverse).FillBytes(make([]byte, x448Size))
	slices.Reverse(out)
	return out
}

// field448 is arithmetic modulo 2^448 - 2^224 - 1.
type field448 struct{ p *big.Int }

func newField448() field448 {
	one := big.NewInt(1)
	p := new(big.Int).Lsh(one, 448)
	p.Sub(p, new(big.Int).Lsh(one, 224))
	return field448{p.Sub(p, one)}
}

func (f field448) mul(a, b *big.Int) *big.Int {
	c := new(big.Int).Mul(a, b)
	return c.Mod(c, f.p)
}

func (f field448) sub(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
func (f field448) add(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }

// step is one rung of the ladder: doubling of (x2, z2), addition into (x3, z3).
func (f field448) step(x1, x2, z2, x3, z3 *big.Int) (nx2, nz2, nx3, nz3 *big.Int) {
	a, b := f.add(x2, z2), f.sub(x2, z2)
	aa, bb := f.mul(a, a), f.mul(b, b)
	e := f.sub(aa, bb)
	da := f.mul(f.sub(x3, z3), a)
	cb := f.mul(f.add(x3, z3), b)
	sum, difference := f.add(da, cb), f.sub(da, cb)
	nx3 = f.mul(sum, sum)
	nz3 = f.mul(x1, f.mul(difference, difference))
	nx2 = f.mul(aa, bb)
	nz2 = f.mul(e, f.add(aa, f.mul(big.NewInt(39081), e)))
	return nx2, nz2, nx3, nz3
}

func littleEndian(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}
