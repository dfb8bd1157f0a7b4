package x509lax

import (
	"crypto/x509"
	"strings"
	"testing"
)

func TestCovers(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"mail.example.org", "mail.example.org", true},
		{"mail.example.org", "MAIL.Example.ORG", true},
		{"Mail.Example.org", "mail.example.org.", true},
		{"mail.example.org.", "mail.example.org", false},
		{"mail.example.org", "mail.example.com", false},
		{"example.org", "mail.example.org", false},
		{"*.example.org", "mail.example.org", true},
		{"*.Example.org", "mail.example.org", true},
		{"*.example.org", "example.org", false},
		{"*.example.org", "a.mail.example.org", false},
		{"*.example.org", ".example.org", false},
		{"m*.example.org", "mail.example.org", false},
		{"*l.example.org", "mail.example.org", false},
		{"mail.*.org", "mail.example.org", false},
		{"*.*.org", "mail.example.org", false},
		{"**.example.org", "mail.example.org", false},
		{"*", "localhost", false},
		{"*.", "localhost.", false},
		{"", "", false},
		{"xn--mil-qla.example.org", "mäil.example.org", true},
		{"xn--mil-qla.example.org", "MÄIL.example.org", true},
		{"*.example.org", "mäil.example.org", true},
		{"*.xn--bcher-kva.example", "mail.bücher.example", true},
		{"mäil.example.org", "mäil.example.org", false},
		{"\u212Aeller.example.org", "keller.example.org", false}, // the Kelvin sign folds to k
		{"*.\u212Aeller.example", "mail.keller.example", false},
		{"mail.example.org\x00.evil.com", "mail.example.org", false},
		{"under_score.example.org", "under_score.example.org", true},
		{"mail .example.org", "mail .example.org", false},
		{strings.Repeat("a", 64) + ".org", strings.Repeat("a", 64) + ".org", false},
		{"192.0.2.1", "192.0.2.1", false}, // an address in a dNSName is none
	}
	for _, test := range tests {
		t.Run(test.pattern+" "+test.name, func(t *testing.T) {
			c := plain()
			c.extensions = [][]byte{sanExt(dns("first.invalid"), dns(test.pattern))}
			if got := Covers(c.der(), test.name); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCoversAddress(t *testing.T) {
	tests := []struct {
		address, name string
		want          bool
	}{
		{"\xc0\x00\x02\x01", "192.0.2.1", true},
		{"\xc0\x00\x02\x01", "::ffff:192.0.2.1", true},
		{"\xc0\x00\x02\x01", "192.0.2.2", false},
		{"\xc0\x00\x02", "192.0.2.1", false},
		{"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "[2001:db8::1]", true},
		{"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "2001:DB8:0::1", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := plain()
			c.extensions = [][]byte{sanExt(str(nameIP, test.address))}
			if got := Covers(c.der(), test.name); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCoversIgnoresCommonName(t *testing.T) {
	if Covers(plain().der(), "mail.example.org") {
		t.Error("the common name counts")
	}
}

// TestCoversBeyondLimit has the name after those that Read keeps.
func TestCoversBeyondLimit(t *testing.T) {
	c := plain()
	var names [][]byte
	for range MaxNames {
		names = append(names, dns("a.example.org"))
	}
	c.extensions = [][]byte{sanExt(append(names, dns("last.example.org"))...)}
	if !Covers(c.der(), "last.example.org") {
		t.Error("the last name does not count")
	}
}

// FuzzCovers compares with crypto/x509 where both have the same rules: plain ASCII names.
func FuzzCovers(f *testing.F) {
	f.Add("*.example.org", "mail.example.org")
	f.Add("mail.example.org", "Mail.example.org.")
	f.Add("*.b", "a.b")
	f.Add("xn--mil-qla.example", "xn--mil-qla.example")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		c := plain()
		c.extensions = [][]byte{sanExt(dns(pattern))}
		got := Covers(c.der(), name)
		if host, ok := canonicalHost(name); !ok || !validHost(strings.TrimPrefix(pattern, "*.")) || host != strings.ToLower(strings.TrimSuffix(name, ".")) {
			return
		}
		want := (&x509.Certificate{DNSNames: []string{pattern}}).VerifyHostname(name) == nil
		if got != want && !strings.HasPrefix(name, "-") && len(name) < 200 {
			t.Errorf("%q for %q: got %v, crypto/x509 says %v", pattern, name, got, want)
		}
	})
}
