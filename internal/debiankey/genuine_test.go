package debiankey

import (
	"crypto/sha1"
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestNineKeys makes the keys of process 32767 and compares them with the sum that the project CVE-2008-0166/key_generator,
// which runs OpenSSL itself, wants of them (run_tests.sh): SHA-1 of the sorted lines of SHA-1 of what `openssl rsa -modulus`
// prints.
func TestNineKeys(t *testing.T) {
	const want = "2a910e906624766546114d300ca6b671c7acc08c"
	var sums []string
	for _, arch := range []Arch{LE32, LE64, BE32} {
		for _, seed := range []Seed{Read, Unreadable, Absent} {
			n := modulus(Origin{arch, seed, 2048, 32767})
			sums = append(sums, fmt.Sprintf("%x\n", sha1.Sum(fmt.Appendf(nil, "Modulus=%X\n", n))))
		}
	}
	slices.Sort(sums)
	if got := fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(sums, "")))); got != want {
		t.Errorf("%s instead of %s:\n%s", got, want, strings.Join(sums, ""))
	}
}

// TestGenuineKeys makes keys that others found on servers, or keep as examples (testdata/README.md).
func TestGenuineKeys(t *testing.T) {
	for _, g := range genuine(t) {
		t.Run(g.source, func(t *testing.T) {
			if got := modulus(g.Origin); got.Cmp(g.modulus) != 0 {
				t.Errorf("%X instead of %X", got, g.modulus)
			}
			if !g.Makes(g.modulus) || g.Makes(new(big.Int).Add(g.modulus, big.NewInt(2))) {
				t.Error("not compared rightly")
			}
		})
	}
}

func modulus(o Origin) *big.Int {
	p, q := o.Primes()
	return p.Mul(p, q)
}

type example struct {
	source string
	Origin
	modulus *big.Int
}

// genuine reads testdata/genuine.csv.
func genuine(t *testing.T) []example {
	t.Helper()
	f, err := os.Open("testdata/genuine.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var out []example
	for _, row := range rows[1:] {
		e := example{source: row[0]}
		e.Arch = Arch(slices.Index([]string{"le32", "le64", "be32"}, row[1]))
		e.Seed = Seed(slices.Index([]string{"rnd", "noreadrnd", "nornd"}, row[2]))
		pid, err := strconv.Atoi(row[3])
		n, ok := new(big.Int).SetString(row[4], 16)
		if err != nil || !ok || e.Arch < 0 || e.Seed < 0 {
			t.Fatalf("%v", row)
		}
		e.PID, e.modulus, e.Bits = pid, n, n.BitLen()
		out = append(out, e)
	}
	return out
}
