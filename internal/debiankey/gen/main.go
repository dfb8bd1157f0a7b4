// Command gen writes the table of package debiankey, and compares it: see data/README.md there.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/mailtls/mailtls/internal/debiankey"
)

func main() {
	compare := flag.Int("compare", 0, "compare that many keys of each size with the table instead of writing it")
	workers := flag.Int("workers", runtime.NumCPU(), "how many keys are made at a time")
	flag.Parse()
	if flag.NArg() != 1 || *workers < 1 {
		fmt.Fprintln(os.Stderr, "usage: gen [-workers N] [-compare N] FOLDER")
		os.Exit(2)
	}
	job := write
	if *compare > 0 {
		job = func(file string, origins []debiankey.Origin, workers int) error {
			return check(file, origins, workers, *compare)
		}
	}
	for _, bits := range debiankey.Sizes() {
		file := filepath.Join(flag.Arg(0), fmt.Sprintf("%d.txt", bits))
		if err := job(file, debiankey.Origins(bits), *workers); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

// perLine is how many entries a line has.
const perLine = 16

// write makes all keys of one size, which takes hours.
func write(file string, origins []debiankey.Origin, workers int) error {
	var text strings.Builder
	for i, entry := range entries(origins, workers) {
		text.WriteString(entry)
		if i%perLine == perLine-1 || i == len(origins)-1 {
			text.WriteByte('\n')
		}
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	return nil
}

// check makes some keys of one size, chosen at random, and compares them with the table in file.
func check(file string, origins []debiankey.Origin, workers, n int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading a table: %w", err)
	}
	table := strings.ReplaceAll(string(text), "\n", "")
	if want := 4 * len(origins); len(table) != want {
		return fmt.Errorf("%s has %d characters of entries instead of %d", file, len(table), want)
	}
	chosen := rand.Perm(len(origins))[:min(n, len(origins))]
	some := make([]debiankey.Origin, len(chosen))
	for i, k := range chosen {
		some[i] = origins[k]
	}
	for i, entry := range entries(some, workers) {
		if at := 4 * chosen[i]; table[at:at+4] != entry {
			return fmt.Errorf("%s has %q for %+v instead of %q", file, table[at:at+4], some[i], entry)
		}
	}
	fmt.Printf("%s: %d keys compared\n", file, len(some))
	return nil
}

// entries makes the keys, several at a time.
func entries(origins []debiankey.Origin, workers int) []string {
	out := make([]string, len(origins))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(origins); i += workers {
				p, q := origins[i].Primes()
				out[i] = debiankey.Entry(p.Mul(p, q))
			}
		})
	}
	group.Wait()
	return out
}
