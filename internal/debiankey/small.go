package debiankey

import (
	"math/big"
	"math/bits"
)

// smallPrimes returns the odd ones of the first 2048 primes (crypto/bn/bn_prime.h).
func smallPrimes() []uint32 {
	out := make([]uint32, 0, 2047)
next:
	for n := uint32(3); len(out) < cap(out); n += 2 {
		for _, p := range out {
			if p*p > n {
				break
			}
			if n%p == 0 {
				continue next
			}
		}
		out = append(out, n)
	}
	return out
}

// remainders divides n by each of the primes, by several at once.
func remainders(n *big.Int, primes []uint32) []uint32 {
	out := make([]uint32, 0, len(primes))
	for len(primes) > 0 {
		product, k := uint64(1), 0
		for ; k < len(primes); k++ {
			high, low := bits.Mul64(product, uint64(primes[k]))
			if high != 0 {
				break
			}
			product = low
		}
		rest := remainder(n, product)
		for _, p := range primes[:k] {
			out = append(out, uint32(rest%uint64(p)))
		}
		primes = primes[k:]
	}
	return out
}

// remainder is n mod m. The words of n have 32 bits on some machines.
func remainder(n *big.Int, m uint64) uint64 {
	rest := uint64(0)
	words := n.Bits()
	for i := len(words) - 1; i >= 0; i-- {
		w, k := uint64(words[i]), bits.UintSize
		if k == 64 {
			_, rest = bits.Div64(rest, w, m)
			continue
		}
		high, low := rest>>k, rest<<k|w
		_, rest = bits.Div64(high, low, m)
	}
	return rest
}
