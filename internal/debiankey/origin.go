package debiankey

import (
	"math/big"
	"strconv"
)

// Arch is a kind of machine: the length of C's type long, and the order of its bytes.
type Arch int

// The kinds of machines that Debian had.
const (
	LE32 Arch = iota // i386, arm, armel, mipsel
	LE64             // amd64, ia64, alpha
	BE32             // powerpc, sparc, mips, hppa, s390, m68k
)

// String gives the name that lists of such keys use.
func (a Arch) String() string {
	names := []string{"le32", "le64", "be32"}
	if a < 0 || int(a) >= len(names) {
		return strconv.Itoa(int(a))
	}
	return names[a]
}

// word is the length of C's types long and time_t in bytes.
func (a Arch) word() int {
	if a == LE64 {
		return 8
	}
	return 4
}

// stat is the length of C's struct stat in bytes.
func (a Arch) stat() int {
	if a == LE64 {
		return 144
	}
	return 88
}

// Seed tells what became of the file ~/.rnd, which the command openssl reads at its start and writes at its end.
type Seed int

// The states of that file.
const (
	Read       Seed = iota // it was there, and read: 1024 bytes
	Unreadable             // it was there, but empty, or could not be read; before 0.9.8g also if there was none
	Absent                 // there was none
)

// String gives the name that lists of such keys use.
func (s Seed) String() string {
	names := []string{"rnd", "noreadrnd", "nornd"}
	if s < 0 || int(s) >= len(names) {
		return strconv.Itoa(int(s))
	}
	return names[s]
}

// MaxPID is the highest number of a process that Linux gives if it is not told otherwise; the lowest is 1.
const MaxPID = 32767

// Origin is all that such a key follows from.
type Origin struct {
	Arch Arch
	Seed Seed
	Bits int // of the modulus, a multiple of 16 and at least 32
	PID  int // the number of the process
}

// Primes makes the factors of the key, in the order in which `openssl genrsa` and `openssl req -newkey` made them
// (apps/app_rand.c, crypto/rand/randfile.c and crypto/rsa/rsa_gen.c of OpenSSL 0.9.8). The exponent is 65537; with 3, the
// other that genrsa knows, the factors are the same but in one case of 30000.
func (o Origin) Primes() (p, q *big.Int) {
	m := o.maker()
	p = m.prime(nil)
	return p, m.prime(p)
}

// Makes reports whether n is the modulus of that key. It takes some tens of milliseconds, twice as long if it is.
func (o Origin) Makes(n *big.Int) bool {
	m := o.maker()
	p := m.prime(nil)
	if new(big.Int).Mod(n, p).Sign() != 0 {
		return false
	}
	return p.Mul(p, m.prime(p)).Cmp(n) == 0
}

// maker starts the program.
func (o Origin) maker() *maker {
	m := &maker{random: random{arch: o.Arch, pid: uint32(o.PID)}, buf: make([]byte, o.Bits/16), small: smallPrimes()}
	switch o.Seed {
	case Read:
		m.add(o.Arch.stat())
		m.add(1024)
	case Unreadable:
		m.add(o.Arch.stat())
		m.poll()
	case Absent:
		m.poll()
	}
	return m
}
