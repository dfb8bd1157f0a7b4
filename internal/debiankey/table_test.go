package debiankey

import (
	"crypto/rand"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestTable wants the whole table to have the form that [find] reads, and some keys of it, others each time, to be where they
// belong.
func TestTable(t *testing.T) {
	for _, bits := range Sizes() {
		origins := Origins(bits)
		var entries []string
		for line := range strings.Lines(table(bits)) {
			for e := range slices.Chunk([]byte(strings.TrimSuffix(line, "\n")), entrySize) {
				entries = append(entries, string(e))
			}
			if len(line) != lineSize && len(entries) != len(origins) {
				t.Fatalf("%d bits: a line %q", bits, line)
			}
		}
		if len(entries) != len(origins) || len(origins) == 0 {
			t.Fatalf("%d bits: %d entries for %d keys", bits, len(entries), len(origins))
		}
		for range 3 {
			i := mathrand.IntN(len(origins))
			n := modulus(origins[i])
			if got := Entry(n); got != entries[i] {
				t.Errorf("%+v: %q instead of %q", origins[i], got, entries[i])
			}
			if !slices.Contains(Candidates(n), origins[i]) {
				t.Errorf("%+v is no candidate", origins[i])
			}
		}
	}
}

// TestCandidates finds keys that were not made here, and nothing else.
func TestCandidates(t *testing.T) {
	for _, g := range genuine(t) {
		if !slices.Contains(Candidates(g.modulus), g.Origin) {
			t.Errorf("%s is not found", g.source)
		}
		if Candidates(new(big.Int).Add(g.modulus, big.NewInt(2))) != nil {
			t.Errorf("another number is found for %s", g.source)
		}
	}
	for _, n := range []*big.Int{new(big.Int), big.NewInt(1), new(big.Int).Lsh(genuine(t)[0].modulus, 1)} {
		if got := Candidates(n); got != nil {
			t.Errorf("%d bits: %v", n.BitLen(), got)
		}
	}
}

// TestFreshKey wants no candidate to make a key that is none of them, though some have a candidate.
func TestFreshKey(t *testing.T) {
	n := make([]byte, 2048/8)
	found := 0
	for range 500 {
		if _, err := rand.Read(n); err != nil {
			t.Fatal(err)
		}
		n[0] |= 0x80
		m := new(big.Int).SetBytes(n)
		for _, o := range Candidates(m) {
			if found++; found < 3 && o.Makes(m) {
				t.Errorf("%+v makes %X", o, m)
			}
		}
	}
	if found > 100 {
		t.Errorf("%d of 500 numbers have a candidate", found)
	}
}

func TestFind(t *testing.T) {
	line := strings.Repeat("abcd", perLine) + "\n"
	for _, c := range []struct {
		lines, entry string
		want         []int
	}{
		{line, "bcda", nil},
		{line + line, "dabc", nil},
		{"abcdefgh\n", "efgh", []int{1}},
		{"abcdefgh\n", "defg", nil},
		{line + "efghabcd\n", "efgh", []int{16}},
		{line + "efghefgh\n", "efgh", []int{16, 17}},
		{"", "abcd", nil},
	} {
		if got := find(c.lines, c.entry); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %v instead of %v", c.entry, c.lines, got, c.want)
		}
	}
}

func BenchmarkCandidates(b *testing.B) {
	n := new(big.Int).Lsh(big.NewInt(1), 2047)
	for b.Loop() {
		Candidates(n)
	}
}

func BenchmarkMakes(b *testing.B) {
	n := new(big.Int).Lsh(big.NewInt(1), 2047)
	for b.Loop() {
		Origin{LE32, Read, 2048, 1}.Makes(n)
	}
}
