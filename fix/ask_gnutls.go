package fix

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// A token is a word of GnuTLS' priority strings that enables suites together with others (GnuTLS manual, "Priority
// Strings").
type token struct {
	word string
	has  func(tlswire.SuiteInfo) bool
}

// keyExchanges, ciphers and macs are the tokens that are tried, best first.
func keyExchanges() []token {
	kx := func(word string, kx tlswire.KeyExchange, auth tlswire.Auth) token {
		return token{word, func(s tlswire.SuiteInfo) bool { return s.KeyExchange == kx && s.Auth == auth }}
	}
	return []token{kx("ECDHE-ECDSA", tlswire.KeyExchangeECDHE, tlswire.AuthECDSA), kx("ECDHE-RSA", tlswire.KeyExchangeECDHE, tlswire.AuthRSA),
		kx("RSA", tlswire.KeyExchangeRSA, tlswire.AuthRSA)}
}

func ciphers() []token {
	cipher := func(word string, c tlswire.Cipher, bits int, mode tlswire.Mode) token {
		return token{word, func(s tlswire.SuiteInfo) bool { return s.Cipher == c && s.Bits == bits && s.Mode == mode }}
	}
	return []token{cipher("AES-128-GCM", tlswire.CipherAES, 128, tlswire.ModeGCM), cipher("AES-256-GCM", tlswire.CipherAES, 256, tlswire.ModeGCM),
		cipher("CHACHA20-POLY1305", tlswire.CipherChaCha20, 256, tlswire.ModePoly1305), cipher("AES-128-CBC", tlswire.CipherAES, 128, tlswire.ModeCBC),
		cipher("AES-256-CBC", tlswire.CipherAES, 256, tlswire.ModeCBC), cipher("3DES-CBC", tlswire.Cipher3DES, 168, tlswire.ModeCBC)}
}

func macs() []token {
	mac := func(m tlswire.MAC) token {
		return token{string(m), func(s tlswire.SuiteInfo) bool { return s.MAC == m }}
	}
	return []token{mac(tlswire.MACAEAD), mac(tlswire.MACSHA256), mac(tlswire.MACSHA384), mac(tlswire.MACSHA1)}
}

// priority is the priority string of GnuTLS for what is left. Its words enable suites only together, so one that would let in
// what the policy objects to is left out, with what else it would have enabled.
func (a ask) priority() string {
	var kx, enc, mac []token
	for _, step := range []struct {
		list *[]token
		try  []token
	}{{&mac, macs()[:1]}, {&kx, keyExchanges()[:2]}, {&enc, ciphers()}, {&mac, macs()[1:]}, {&kx, keyExchanges()[2:]}} {
		for _, t := range step.try {
			*step.list = append(*step.list, t)
			if !a.only(kx, enc, mac) {
				*step.list = (*step.list)[:len(*step.list)-1]
			}
		}
	}
	out := []string{"NONE"}
	for i := len(a.versions) - 1; i >= 0; i-- {
		out = append(out, "+VERS-"+strings.ReplaceAll(a.versions[i].String(), " ", ""))
	}
	inUse := slices.DeleteFunc(enabled(kx, enc, mac), func(s tlswire.SuiteInfo) bool { return !a.chooses(s) })
	for _, t := range slices.Concat(kx, enc, mac) {
		if slices.ContainsFunc(inUse, t.has) {
			out = append(out, "+"+t.word)
		}
	}
	for _, g := range a.groups {
		if g.GnuTLS != "" {
			out = append(out, "+GROUP-"+g.GnuTLS)
		}
	}
	for _, s := range a.schemes {
		info, _ := s.Info()
		out = append(out, "+SIGN-"+info.GnuTLS)
		if info.Signature == "ECDSA" && info.Curve != "" { // which has another name in TLS 1.3
			out = append(out, "+SIGN-ECDSA-"+strings.ToUpper(info.Curve)+"-"+info.Hash)
		}
	}
	return strings.Join(append(out, "+CTYPE-X509", "+COMP-NULL"), ":")
}

// enabled are the suites that tokens enable together.
func enabled(kx, enc, mac []token) []tlswire.SuiteInfo {
	has := func(list []token, s tlswire.SuiteInfo) bool {
		return slices.ContainsFunc(list, func(t token) bool { return t.has(s) })
	}
	var out []tlswire.SuiteInfo
	for _, s := range tlswire.Suites() {
		if s.GnuTLS != "" && has(enc, s) && has(mac, s) && (newest(s) || has(kx, s)) {
			out = append(out, s)
		}
	}
	return out
}

// only reports whether tokens enable nothing but what is left, as far as the versions that are left can choose it.
func (a ask) only(kx, enc, mac []token) bool {
	for _, s := range enabled(kx, enc, mac) {
		same := func(x tlswire.SuiteInfo) bool { return x.ID == s.ID }
		if a.chooses(s) && !slices.ContainsFunc(slices.Concat(a.suites, a.suites13), same) {
			return false
		}
	}
	return true
}

// chooses reports whether a version that is left can choose a suite.
func (a ask) chooses(s tlswire.SuiteInfo) bool {
	return slices.ContainsFunc(a.versions, func(v tlswire.Version) bool { return s.Negotiable(v) && older(s) == (v < tlswire.TLS13) })
}
