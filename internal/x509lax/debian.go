package x509lax

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/debiankey"
)

// CompareDebian looks whether an RSA key is one of those that OpenSSL made on Debian from 2006 to 2008 (CVE-2008-0166), and
// notes it in c, if there are such keys of its size to compare with. Where one is likely it is made again, which takes some
// tens of milliseconds: that is taken off tries, and a key for which nothing is left stays untested. One key in some ninety
// needs a try by chance; a hostile server can make keys that all do.
func CompareDebian(c *evidence.Certificate, tries *int) {
	if !slices.Contains(debiankey.Sizes(), c.PublicKey.Bits) {
		return
	}
	n := read(c.DER).modulus
	if n == nil {
		return
	}
	for _, o := range debiankey.Candidates(n) {
		if *tries == 0 {
			return
		}
		*tries--
		if o.Makes(n) {
			c.PublicKey.Debian = &evidence.DebianKey{Arch: o.Arch.String(), Seed: o.Seed.String(), PID: o.PID}
			break
		}
	}
	c.PublicKey.DebianTested = true
}
