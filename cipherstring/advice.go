package cipherstring

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// opensslTerms are what an advised list is made of, best first.
func opensslTerms() []string {
	return []string{
		"ECDHE+AESGCM", "ECDHE+CHACHA20", "DHE+aRSA+AESGCM", "DHE+aRSA+CHACHA20", "ECDHE+AES", "DHE+aRSA+AES", "kRSA+AESGCM", "kRSA+AES",
	}
}

// opensslWeak are words for what a list may lose.
func opensslWeak() []string {
	return []string{"eNULL", "aNULL", "EXPORT", "LOW", "RC4", "3DES", "IDEA", "SEED", "MD5", "kDHr", "kDHd", "kECDH", "kRSA"}
}

// Good tells which suites an advised string may enable.
type Good func(tlswire.SuiteInfo) bool

// AdviseOpenSSL returns the cipher list with the suites that good approves, those with ephemeral keys and AEAD first; empty
// if there are none.
func AdviseOpenSSL(v OpenSSLVersion, good Good) string {
	var terms []string
	for _, term := range opensslTerms() {
		if r, err := OpenSSL(v, term); err == nil && len(r.Warnings) == 0 && len(good.bad(r)) == 0 {
			terms = append(terms, term)
		}
	}
	return strings.Join(terms, ":")
}

// TrimOpenSSL returns list with the fewest words added that take away what good does not approve; empty if nothing but
// the suites of TLS 1.3 would be left, or list is in error. The order of what is left stays.
func TrimOpenSSL(v OpenSSLVersion, list string, good Good) string {
	return trim(list, ":!", opensslWeak(), good, func(s string) (*Result, error) { return OpenSSL(v, s) })
}

// bad returns the usable suites of r that are not approved.
func (good Good) bad(r *Result) []Entry {
	var out []Entry
	for _, e := range r.Usable() {
		if info, ok := e.ID.Info(); !ok || !good(info) {
			out = append(out, e)
		}
	}
	return out
}

// trim adds words with sign before them, as long as each takes away unapproved suites and no others; then, if need be,
// the names of what remains.
func trim(text, sign string, words []string, good Good, read func(string) (*Result, error)) string {
	r, err := read(text)
	if err != nil {
		return ""
	}
	if len(good.bad(r)) == 0 {
		return text
	}
	for _, word := range words {
		next, err := read(text + sign + word)
		if err != nil {
			continue
		}
		before, after := len(good.bad(r)), len(good.bad(next))
		if lost := len(r.Usable()) - len(next.Usable()); lost > 0 && lost == before-after {
			text, r = text+sign+word, next
		}
	}
	for _, e := range good.bad(r) {
		text += sign + e.Name
	}
	if r, err = read(text); err != nil || len(good.bad(r)) > 0 || !slices.ContainsFunc(r.Usable(), isOlder) {
		return ""
	}
	return text
}

// isOlder reports whether e is a suite of a version before TLS 1.3.
func isOlder(e Entry) bool {
	info, _ := e.ID.Info()
	return info.SpecMin < tlswire.TLS13
}
