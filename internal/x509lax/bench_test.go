package x509lax

import (
	"slices"
	"testing"
)

func BenchmarkRead(b *testing.B) {
	der := seeds()[2]
	b.SetBytes(int64(len(der)))
	b.ReportAllocs()
	for b.Loop() {
		Read(der)
	}
}

// BenchmarkReadHostile is the largest certificate there can be, full of names.
func BenchmarkReadHostile(b *testing.B) {
	c := plain()
	c.extensions = [][]byte{sanExt(slices.Repeat(dns("\xff"), (MaxDER-4000)/3))}
	der := c.der()
	b.SetBytes(int64(len(der)))
	b.ReportAllocs()
	for b.Loop() {
		Read(der)
	}
}

// BenchmarkVerifyHostile is a chain of 16 MB, each certificate of which could be the issuer of each.
func BenchmarkVerifyHostile(b *testing.B) {
	c := plain()
	c.subject = c.issuer
	c.extensions = [][]byte{sanExt(slices.Repeat(dns("a"), (MaxDER-4000)/3))}
	chain := slices.Repeat([][]byte{c.der()}, 16)
	b.ReportAllocs()
	for b.Loop() {
		Verify(chain, nil, []string{"mail.example.org"}, now)
	}
}

func BenchmarkMozillaRoots(b *testing.B) {
	for b.Loop() {
		if _, err := MozillaRoots(); err != nil {
			b.Fatal(err)
		}
	}
}
