package x509lax

import "math/big"

// fermatRounds is how many differences of the factors are tried, as many as the authorities must
// (Baseline Requirements, Section 6.1.1.3).
const fermatRounds = 100

// maxTested is the longest modulus in bits that is looked at.
const maxTested = 8192

// weakModulus looks for weaknesses that a modulus shows by itself.
func (r *reader) weakModulus(n *big.Int) {
	k := &r.cert.PublicKey
	if n.BitLen() > maxTested || n.BitLen() < 16 || n.Bit(0) == 0 {
		return
	}
	k.Tested, k.ROCA, k.CloseFactors = true, hasROCA(n), hasCloseFactors(n)
}

// rocaPrimes are the small primes for which 65537 does not generate all residues. Keys of the library that has the fault
// are powers of 65537 to all of them (Nemec et al., "The Return of Coppersmith's Attack", Section 2.2); of others, one in
// some hundred million is.
func rocaPrimes() []int64 {
	return []int64{11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157}
}

// hasROCA reports whether n has the mark of keys made by Infineon's library (CVE-2017-15361).
func hasROCA(n *big.Int) bool {
	for _, p := range rocaPrimes() {
		rest := new(big.Int).Mod(n, big.NewInt(p)).Int64()
		power, found := int64(1), false
		for range p {
			found = found || power == rest
			power = power * 65537 % p
		}
		if !found {
			return false
		}
	}
	return true
}

// hasCloseFactors reports whether n, which is odd, is a difference of squares a² - b² for one of the first a that are
// possible: then its factors a+b and a-b are close (CVE-2022-26320).
func hasCloseFactors(n *big.Int) bool {
	a := new(big.Int).Sqrt(n)
	if new(big.Int).Mul(a, a).Cmp(n) < 0 {
		a.Add(a, big.NewInt(1))
	}
	rest := new(big.Int).Mul(a, a)
	rest.Sub(rest, n)
	step := new(big.Int).Lsh(a, 1) // (a+1)² - a² - 1
	for range fermatRounds {
		if isSquare(rest) {
			return true
		}
		rest.Add(rest, step).Add(rest, big.NewInt(1))
		step.Add(step, big.NewInt(2))
	}
	return false
}

// isSquare looks at the last six bits first, which leave one number in five: 12 of 64 residues are squares.
func isSquare(n *big.Int) bool {
	const squares = 1<<0 | 1<<1 | 1<<4 | 1<<9 | 1<<16 | 1<<17 | 1<<25 | 1<<33 | 1<<36 | 1<<41 | 1<<49 | 1<<57
	last := uint(0)
	if words := n.Bits(); len(words) > 0 {
		last = uint(words[0]) & 63
	}
	if uint64(squares)>>last&1 == 0 {
		return false
	}
	const product = 3 * 5 * 7 * 11 * 13 * 17 * 19 * 23 // one division by it leaves one number in 140 of them
	rest := new(big.Int).Mod(n, big.NewInt(product)).Int64()
	for _, p := range []int64{3, 5, 7, 11, 13, 17, 19, 23} {
		if !isResidue(rest%p, p) {
			return false
		}
	}
	root := new(big.Int).Sqrt(n)
	return root.Mul(root, root).Cmp(n) == 0
}

// isResidue reports whether some number has the square r modulo p.
func isResidue(r, p int64) bool {
	for x := range p/2 + 1 {
		if x*x%p == r {
			return true
		}
	}
	return false
}
