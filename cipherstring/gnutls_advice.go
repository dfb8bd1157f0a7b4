package cipherstring

import "github.com/mailtls/mailtls/tlswire"

// gnutlsWeak are words for what a priority string may lose.
func gnutlsWeak() []string {
	return []string{"NULL", "ANON-DH", "ANON-ECDH", "ARCFOUR-128", "3DES-CBC", "MD5", "RSA"}
}

// TrimGnuTLS returns the priority string with the fewest words added that take away the suites that good does not
// approve, and the versions that fine does not; empty if that cannot be.
func TrimGnuTLS(priority string, good Good, fine func(tlswire.Version) bool) string {
	text := trim(priority, ":-", gnutlsWeak(), good, GnuTLS)
	r, err := GnuTLS(text)
	if text == "" || err != nil {
		return ""
	}
	for _, v := range r.Versions {
		for name, version := range gnutlsVersions() {
			if version == v && !fine(v) {
				text += ":-VERS-" + name
			}
		}
	}
	if r, err = GnuTLS(text); err != nil || len(r.Usable()) == 0 {
		return ""
	}
	return text
}
