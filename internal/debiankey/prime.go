package debiankey

import "math/big"

// exponent is the public one.
const exponent = 65537

// maker makes the primes of one key.
type maker struct {
	random
	buf   []byte   // for the bytes of one prime
	small []uint32 // see smallPrimes
}

// prime makes a prime as RSA_generate_key_ex did: not the other one, and such that p-1 has no factor in common with the
// exponent.
func (m *maker) prime(other *big.Int) *big.Int {
	for {
		p := m.anyPrime()
		if remainder(p, exponent) != 1 && (other == nil || p.Cmp(other) != 0) {
			return p
		}
	}
}

// anyPrime does what BN_generate_prime_ex did (crypto/bn/bn_prime.c): candidates until one is a prime. The test of Miller and
// Rabin took random numbers, one for a composite number, several for a prime. Which they were does not matter, since nearly
// every one tells the two apart; that they were taken does, for what comes next.
func (m *maker) anyPrime() *big.Int {
	for {
		n := m.candidate()
		if !n.ProbablyPrime(0) {
			m.witness(n)
			continue
		}
		for range rounds(n.BitLen()) {
			m.witness(n)
		}
		return n
	}
}

// rounds is how often a number of that size was tested (BN_prime_checks_for_size).
func rounds(bits int) int {
	for _, r := range [][2]int{{1300, 2}, {850, 3}, {650, 4}, {550, 5}, {450, 6}, {400, 7}, {350, 8}, {300, 9}, {250, 12}, {200, 15}, {150, 18}} {
		if bits >= r[0] {
			return r[1]
		}
	}
	return 27
}

// witness takes a random number below n-1 (BN_pseudo_rand_range).
func (m *maker) witness(n *big.Int) {
	limit := new(big.Int).Sub(n, big.NewInt(1))
	for w := limit; w.Cmp(limit) >= 0; {
		w = m.number()
	}
}

// number fills the buffer (bnrand, crypto/bn/bn_rand.c, which put the time in first).
func (m *maker) number() *big.Int {
	m.addWord()
	m.read(m.buf)
	return new(big.Int).SetBytes(m.buf)
}

// candidate does what probable_prime did: a random number with the two highest bits and the lowest set, and from there on the
// first odd one n for which neither n nor n-1 is a multiple of a small prime.
func (m *maker) candidate() *big.Int {
	n := m.number()
	n.SetBit(n, 8*len(m.buf)-1, 1)
	n.SetBit(n, 8*len(m.buf)-2, 1)
	n.SetBit(n, 0, 1)
	rest := remainders(n, m.small)
	delta := uint32(0)
next:
	for i, p := range m.small {
		if (rest[i]+delta)%p <= 1 {
			delta += 2
			goto next
		}
	}
	return n.Add(n, big.NewInt(int64(delta)))
}
