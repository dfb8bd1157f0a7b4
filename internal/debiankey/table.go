package debiankey

import (
	"crypto/sha256"
	_ "embed" // for the table
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
)

// The files are one table: for each of [Variants], for each process from 1 to MaxPID, the entry of the key, 16 in a line.
var (
	//go:embed data/1024.txt
	table1024 string
	//go:embed data/2048.txt
	table2048 string
)

const (
	entrySize = 4  // characters
	perLine   = 16 // entries
	lineSize  = perLine*entrySize + 1
)

// Sizes are those of the keys in the table, in bits.
func Sizes() []int { return []int{1024, 2048} }

// table returns the part for keys of one size; "" if there is none.
func table(bits int) string {
	switch bits {
	case 1024:
		return table1024
	case 2048:
		return table2048
	}
	return ""
}

// Variants are those of the keys of one size that the table has, in its order, without the process.
func Variants(bits int) []Origin {
	var out []Origin
	if !slices.Contains(Sizes(), bits) {
		return nil
	}
	for _, seed := range []Seed{Read, Unreadable, Absent} {
		for _, arch := range []Arch{LE32, LE64} {
			out = append(out, Origin{Arch: arch, Seed: seed, Bits: bits})
		}
	}
	return out
}

// Origins are those of the keys of one size that the table has, in its order.
func Origins(bits int) []Origin {
	variants := Variants(bits)
	out := make([]Origin, 0, len(variants)*MaxPID)
	for _, o := range variants {
		for o.PID = 1; o.PID <= MaxPID; o.PID++ {
			out = append(out, o)
		}
	}
	return out
}

// Entry is what the table has of a key: the first 24 bits of the SHA-256 of its modulus (big-endian, without leading zeros),
// in base64.
func Entry(modulus *big.Int) string {
	sum := sha256.Sum256(modulus.Bytes())
	return base64.StdEncoding.EncodeToString(sum[:3])
}

// Candidates are the keys that n may be the modulus of, as far as the table tells: none for most keys, and for those whose
// size is not in [Sizes].
func Candidates(n *big.Int) []Origin {
	var out []Origin
	for _, i := range find(table(n.BitLen()), Entry(n)) {
		o := Variants(n.BitLen())[i/MaxPID]
		o.PID = i%MaxPID + 1
		out = append(out, o)
	}
	return out
}

// find returns the numbers of the entries that are the wanted one.
func find(lines, entry string) []int {
	var out []int
	for at := 0; ; at++ {
		next := strings.Index(lines[at:], entry)
		if next < 0 {
			return out
		}
		if at += next; at%lineSize%entrySize == 0 {
			out = append(out, at/lineSize*perLine+at%lineSize/entrySize)
		}
	}
}
