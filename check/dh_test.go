package check

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestDiffieHellman passes no group for its size alone: p must be a prime, and g generate more than one or two numbers.
func TestDiffieHellman(t *testing.T) {
	good := func() evidence.DHParams {
		return evidence.DHParams{Bits: 2048, P: bytes.Repeat([]byte{0xfb}, 256), G: []byte{2}, Safe: true, IsPrime: true, Tested: true}
	}
	for _, tt := range []struct {
		name string
		harm func(*evidence.DHParams)
		want Level
		says string
	}{
		{"safe", func(*evidence.DHParams) {}, Pass, "2048 bits"},
		{"small", func(g *evidence.DHParams) { g.Bits, g.Prime = 1024, "RFC 2409 group 2" }, Fail, "1024 bits (RFC 2409 group 2)"},
		{"not a safe prime", func(g *evidence.DHParams) { g.Safe = false }, Pass, "2048 bits, not a safe prime"},
		{"not a prime", func(g *evidence.DHParams) { g.Safe, g.IsPrime = false, false }, Fail, "2048 bits, not a prime"},
		{"small and not a prime", func(g *evidence.DHParams) { g.Bits, g.Safe, g.IsPrime = 1024, false, false }, Fail, "1024 bits, not a prime"},
		{"too long to test", func(g *evidence.DHParams) { g.Bits, g.Safe, g.IsPrime, g.Tested = 500000, false, false, false }, Undecided, "500000 bits"},
		{"g is 1", func(g *evidence.DHParams) { g.G = []byte{0, 1} }, Fail, "generator 1"},
		{"g is 0", func(g *evidence.DHParams) { g.G = nil }, Fail, "generator 0"},
		{"g is p-1", func(g *evidence.DHParams) { g.G = append(bytes.Repeat([]byte{0xfb}, 255), 0xfa) }, Fail, "generator p-1"},
		{"g is larger than p", func(g *evidence.DHParams) { g.G = bytes.Repeat([]byte{0xff}, 256) }, Fail, "generator beyond p"},
	} {
		for _, beside := range []bool{false, true} {
			group := good()
			tt.harm(&group)
			groups := []evidence.DHParams{group}
			if beside {
				groups = append(groups, good())
			}
			e := healthy(t)
			e.Target.Protocol, e.Target.Port = "imaps", 993
			e.Facts.DHParams = known(groups)
			if f := run(t, "weak-dh", e); f.Level != tt.want || !strings.Contains(f.Message, tt.says) {
				t.Errorf("%s: %v: %q, want %v: …%q", tt.name, f.Level, f.Message, tt.want, tt.says)
			}
		}
	}
}
