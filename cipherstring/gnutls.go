package cipherstring

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// GnuTLS evaluates a priority string as gnutls_priority_init of GnuTLS 3.7 does (GnuTLS manual, "Priority Strings"). The
// error says why GnuTLS takes no such string: it cannot be read, or it enables nothing.
func GnuTLS(priority string) (*Result, error) {
	if len(priority) > maxLength {
		return nil, fmt.Errorf("the string is longer than %d bytes", maxLength)
	}
	table, err := readGnuTLS()
	if err != nil {
		return nil, err
	}
	p := &priorities{table: table}
	if err := p.read(strings.TrimLeft(priority, " \t\n\v\f\r")); err != nil {
		return nil, err
	}
	p.settle()
	r := &Result{Library: "GnuTLS 3.7", Level: -1, Suites: p.suites()}
	if len(r.Suites) == 0 && !p.known() || len(p.versions) == 0 {
		return nil, errors.New("the string enables no suite or no version, so GnuTLS refuses it")
	}
	for _, v := range p.versions {
		if tls, ok := gnutlsVersions()[v]; ok {
			r.Versions = append(r.Versions, tls)
		}
	}
	return r, nil
}

// priorities are the lists that a priority string works on, most preferred first.
type priorities struct {
	table                            *gnutlsTable
	versions, kx, ciphers, macs      []string
	groups, signatures, noExtensions bool // any are enabled; which does not matter to the suites
}

// gnutlsVersions maps what GnuTLS calls versions to the versions; DTLS is not among them.
func gnutlsVersions() map[string]tlswire.Version {
	return map[string]tlswire.Version{
		"TLS1.0": tlswire.TLS10, "TLS1.1": tlswire.TLS11, "TLS1.2": tlswire.TLS12, "TLS1.3": tlswire.TLS13,
	}
}

// settle takes out the versions that cannot be spoken with the rest, as set_ciphersuite_list in lib/priority.c does.
func (p *priorities) settle() {
	has := func(list []string, names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(list, n) })
	}
	drop := func(names ...string) {
		p.versions = slices.DeleteFunc(p.versions, func(v string) bool { return slices.Contains(names, v) })
	}
	if has(p.ciphers, "NULL") || has(p.kx, "SRP", "SRP-RSA", "SRP-DSS", "RSA-PSK") || p.noExtensions {
		drop("TLS1.3")
	}
	psk := has(p.kx, "PSK", "DHE-PSK", "ECDHE-PSK")
	if has(p.versions, "TLS1.3") && !has(p.versions, "TLS1.2", "TLS1.1", "TLS1.0", "DTLS1.2", "DTLS1.0", "DTLS0.9") && !psk {
		p.kx = nil
	}
	tls13 := has(p.versions, "TLS1.3")
	if !p.signatures {
		drop("TLS1.3", "TLS1.2", "DTLS1.2")
	}
	if tls13 && (!psk && !p.groups || !has(p.versions, "TLS1.2") && has(p.versions, "TLS1.1", "TLS1.0")) {
		drop("TLS1.3")
	}
}

// suites returns all pairs of key exchange, cipher and MAC that make a suite of a version that is enabled: those of
// TLS 1.3 first, then by key exchange.
func (p *priorities) suites() []Entry {
	var out []Entry
	for _, k := range append([]string{""}, p.kx...) {
		for _, c := range p.ciphers {
			for _, m := range p.macs {
				if s, ok := p.table.suites[[3]string{k, c, m}]; ok && p.listed(s) {
					out = append(out, Entry{ID: s.id, Name: s.name, Barred: p.barred(s)})
				}
			}
		}
	}
	return out
}

// known reports whether any suite was left at all before versions were looked at.
func (p *priorities) known() bool {
	for key := range p.table.suites {
		if (key[0] == "" || slices.Contains(p.kx, key[0])) && slices.Contains(p.ciphers, key[1]) && slices.Contains(p.macs, key[2]) {
			return true
		}
	}
	return false
}

// listed reports whether a suite is of a version, of TLS or DTLS, that is enabled, or older than one. DTLS 1.2 goes with
// TLS 1.2, DTLS 1.0 with TLS 1.0.
func (p *priorities) listed(s gnutlsSuite) bool {
	return s.min <= max(p.newest("TLS"), min(p.newest("DTLS"), "TLS1.2"))
}

// newest returns the newest version enabled of a protocol, written as a version of TLS; empty: none is.
func (p *priorities) newest(protocol string) string {
	best := ""
	for _, v := range p.versions {
		if strings.HasPrefix(v, protocol) {
			best = max(best, strings.TrimPrefix(v, "D"))
		}
	}
	return best
}

// barred says why a mail server cannot use a suite.
func (p *priorities) barred(s gnutlsSuite) string {
	switch {
	case s.min > p.newest("TLS"):
		return "no version of TLS enabled has it"
	case strings.HasSuffix(s.kx, "PSK"):
		return needsPSK
	case strings.HasPrefix(s.kx, "SRP"):
		return needsSRP
	}
	return ""
}
