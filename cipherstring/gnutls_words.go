package cipherstring

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
)

// gnutlsProtocols are the versions of NORMAL, in its order.
func gnutlsProtocols() []string {
	return []string{"TLS1.3", "TLS1.2", "TLS1.1", "TLS1.0", "DTLS1.2", "DTLS1.0"}
}

// read carries out a whole priority string.
func (p *priorities) read(text string) error {
	if strings.HasPrefix(text, "@") {
		return fmt.Errorf("%.40q stands for what the administrator of a machine has set: give that string itself", text)
	}
	words := strings.Split(text, ":")
	started := strings.EqualFold(words[0], "NONE")
	if started {
		words = words[1:]
	} else {
		p.versions, p.groups, p.signatures = gnutlsProtocols(), true, true
	}
	for _, word := range words {
		switch k, ok := p.table.keyword(word); {
		case ok:
			p.start(k, started)
			started = true
		case word == "":
			return errors.New("a word is missing before or after a colon, and GnuTLS refuses the whole string")
		default:
			if err := p.word(word); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *gnutlsTable) keyword(word string) (keyword, bool) {
	for _, k := range t.keywords {
		if strings.EqualFold(k.name, word) {
			return k, true
		}
	}
	return keyword{}, false
}

// start carries out a keyword: the first sets the lists, others add to them.
func (p *priorities) start(k keyword, more bool) {
	if more {
		p.kx, p.ciphers, p.macs = with(p.kx, k.kx...), with(p.ciphers, k.ciphers...), with(p.macs, k.macs...)
		if k.suiteB {
			p.versions = with(p.versions, "TLS1.2")
		}
		p.groups, p.signatures = true, true
		return
	}
	p.kx, p.ciphers, p.macs = k.kx, k.ciphers, k.macs
	if k.suiteB {
		p.versions = []string{"TLS1.2"}
	}
}

// word carries out a word with a sign, or an option.
func (p *priorities) word(word string) error {
	name := strings.ToUpper(word[1:])
	switch word[0] {
	case '%':
		return p.option(word, name)
	case '+', '-', '!':
	default:
		return fmt.Errorf("%q: want +, - or ! before it%s; GnuTLS refuses the whole string", word, p.table.meant(word))
	}
	plus := word[0] == '+'
	if k, ok := p.table.keyword(name); ok && plus {
		p.start(k, true)
		return nil
	}
	for _, l := range []struct {
		known []string
		list  *[]string
	}{{p.table.macs, &p.macs}, {p.table.ciphers, &p.ciphers}, {p.table.kx, &p.kx}} {
		if slices.Contains(l.known, name) {
			change(l.list, plus, name)
			return nil
		}
	}
	return p.family(word, name, plus)
}

// change adds words to a list or takes them away.
func change(list *[]string, plus bool, words ...string) {
	if plus {
		*list = with(*list, words...)
	} else {
		*list = without(*list, words...)
	}
}

// family carries out words about versions, groups, signatures and the like, and those that stand for a whole list.
func (p *priorities) family(word, name string, plus bool) error {
	normal, _ := p.table.keyword("NORMAL")
	all := func(list *[]string, words []string) {
		if *list = with(*list, words...); !plus {
			*list = nil
		}
	}
	switch {
	case strings.HasPrefix(name, "VERS-"):
		return p.version(word, name[len("VERS-"):], plus)
	case strings.HasPrefix(name, "COMP-"):
	case strings.HasPrefix(name, "CTYPE-ALL"), strings.HasPrefix(name, "CTYPE-CLI-ALL"), strings.HasPrefix(name, "CTYPE-SRV-ALL"):
	case strings.HasPrefix(name, "CURVE-ALL"), strings.HasPrefix(name, "GROUP-ALL"):
		p.groups = plus
	case strings.HasPrefix(name, "SIGN-ALL"):
		p.signatures = plus
	case slices.Contains(gnutlsCertificates(), name):
	case slices.Contains(gnutlsGroups(), name):
		p.groups = p.groups || plus
	case slices.Contains(gnutlsSignatures(), name):
		p.signatures = p.signatures || plus
	case strings.HasPrefix(name, "MAC-ALL"):
		all(&p.macs, normal.macs)
	case strings.HasPrefix(name, "CIPHER-ALL"):
		all(&p.ciphers, normal.ciphers)
	case strings.HasPrefix(name, "KX-ALL"):
		all(&p.kx, normal.kx)
	case slices.Contains(gnutlsElsewhere(), name): // known, and in no suite
	default:
		return fmt.Errorf("%q: GnuTLS has no such word%s, and refuses the whole string", word, p.table.meant(word))
	}
	return nil
}

func (p *priorities) version(word, name string, plus bool) error {
	tls, dtls := []string{"TLS1.3", "TLS1.2", "TLS1.1", "TLS1.0"}, []string{"DTLS1.2", "DTLS1.0"}
	switch {
	case strings.HasPrefix(name, "TLS-ALL"):
		change(&p.versions, plus, tls...)
	case strings.HasPrefix(name, "DTLS-ALL"):
		change(&p.versions, plus, dtls...)
	case strings.HasPrefix(name, "ALL") && !plus:
		p.versions = nil
	case strings.HasPrefix(name, "ALL"):
		change(&p.versions, plus, gnutlsProtocols()...)
	case slices.Contains(tls, name), slices.Contains(dtls, name), name == "DTLS0.9":
		change(&p.versions, plus, name)
	case name == "SSL3.0": // known, and no longer there
	default:
		return fmt.Errorf("%q: want VERS-TLS1.0 to VERS-TLS1.3 or VERS-ALL; GnuTLS refuses the whole string", word)
	}
	return nil
}

// meant is the end of an error about a word that is not known.
func (t *gnutlsTable) meant(word string) string {
	known := slices.Concat(t.kx, t.ciphers, t.macs, []string{"VERS-TLS1.0", "VERS-TLS1.1", "VERS-TLS1.2", "VERS-TLS1.3", "MAC-ALL", "KX-ALL", "CIPHER-ALL", "GROUP-ALL", "SIGN-ALL"},
		gnutlsGroups(), gnutlsSignatures(), gnutlsCertificates())
	for _, k := range t.keywords {
		known = append(known, k.name)
	}
	if near, ok := spell.Nearest(strings.ToUpper(strings.TrimLeft(word, "+-!")), known); ok {
		return ": did you mean " + near + "?"
	}
	return ""
}

// option carries out a word that begins with "%": a few take away TLS 1.3, the others do not touch suites.
func (p *priorities) option(word, name string) error {
	if !slices.Contains(gnutlsOptions(), name) {
		near, ok := spell.Nearest(name, gnutlsOptions())
		if ok {
			return fmt.Errorf("%q: did you mean %%%s? GnuTLS refuses the whole string", word, near)
		}
		return fmt.Errorf("%q: GnuTLS has no such option, and refuses the whole string", word)
	}
	p.noExtensions = p.noExtensions || name == "NO_EXTENSIONS"
	return nil
}

// gnutlsOptions are those that "gnutls-cli --priority-list" shows.
func gnutlsOptions() []string {
	return strings.Fields(`NO_ETM FORCE_ETM NO_TICKETS NEW_PADDING NO_EXTENSIONS COMPAT DISABLE_WILDCARDS SAFE_RENEGOTIATION
		SSL3_RECORD_VERSION NO_SESSION_HASH STATELESS_COMPRESSION SERVER_PRECEDENCE PROFILE_MEDIUM UNSAFE_RENEGOTIATION
		DISABLE_SAFE_RENEGOTIATION PROFILE_HIGH FALLBACK_SCSV PROFILE_FUTURE DISABLE_TLS13_COMPAT_MODE PARTIAL_RENEGOTIATION
		DEBUG_ALLOW_KEY_USAGE_VIOLATIONS VERIFY_ALLOW_BROKEN DUMBFW PROFILE_VERY_WEAK ALLOW_SMALL_RECORDS
		VERIFY_DISABLE_CRL_CHECKS NO_TICKETS_TLS12 VERIFY_ALLOW_X509_V1_CA_CRT PROFILE_ULTRA PROFILE_LEGACY
		VERIFY_ALLOW_SIGN_RSA_MD5 LATEST_RECORD_VERSION PROFILE_SUITEB128 PROFILE_LOW PROFILE_SUITEB192`)
}

// gnutlsElsewhere are algorithms that "gnutls-cli -l" shows and no suite has.
func gnutlsElsewhere() []string {
	return strings.Fields(`SHA512 SHA224 UMAC-96 UMAC-128 GOSTR341194 STREEBOG-256 STREEBOG-512 AES-CMAC-128 AES-CMAC-256 AES-GMAC-128
		AES-GMAC-192 AES-GMAC-256 OMAC-MAGMA OMAC-KUZNYECHIK AES-192-CBC AES-192-GCM ESTREAM-SALSA20-256 SALSA20-256 CHACHA20-32
		CHACHA20-64 CAMELLIA-192-CBC GOST28147-TC26Z-CFB GOST28147-CPA-CFB GOST28147-CPB-CFB GOST28147-CPC-CFB
		GOST28147-CPD-CFB AES-128-CFB8 AES-192-CFB8 AES-256-CFB8 AES-128-XTS AES-256-XTS AES-128-SIV AES-256-SIV
		MAGMA-CTR-ACPKM KUZNYECHIK-CTR-ACPKM DES-CBC RC2-40 RSA-EXPORT`)
}
