package fix

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// words are the values of the placeholders in [Setting.ByPolicy]. A line with one that is empty is left out.
func (a ask) words() map[string]string {
	ciphers := names(a.suites, func(s tlswire.SuiteInfo) string { return s.OpenSSL })
	level := ""
	if len(ciphers) > 0 {
		level = strings.Join(ciphers, ":") + ":@SECLEVEL=" + a.level()
	}
	groups := names(a.groups, func(g tlswire.GroupInfo) string { return g.OpenSSL })
	return map[string]string{
		"{min}":             openSSLName(a.versions[0]),
		"{min-dotted}":      dotted(a.versions[0]),
		"{min-maddy}":       strings.Replace(dotted(a.versions[0]), "TLSv", "tls", 1),
		"{versions}":        strings.Join(names(a.versions, openSSLName), " "),
		"{versions-cyrus}":  strings.Join(names(a.versions, cyrusName), " "),
		"{versions,dotted}": strings.Join(names(a.versions, dotted), ","),
		"{without}":         strings.Join(a.without("!"), ", "),
		"{without-spaced}":  strings.Join(a.without("!"), " "),
		"{without-exim}":    strings.ToLower(strings.ReplaceAll(strings.Join(a.without("+no_"), " "), ".", "_")),
		"{without-op}":      strings.ReplaceAll(strings.Join(a.without("+SSL_OP_NO_"), " "), ".", "_"),
		"{ciphers}":         strings.Join(ciphers, ":"),
		"{ciphers-level}":   level,
		"{suites-tls13}":    strings.Join(names(a.suites13, func(s tlswire.SuiteInfo) string { return s.Name }), ":"),
		"{groups}":          strings.Join(groups, ":"),
		"{groups-spaced}":   strings.Join(groups, " "),
		"{gnutls-priority}": a.priority(),
	}
}

// level is OpenSSL's security level: TLS 1.0 and 1.1 need SHA-1, which level 1 forbids from OpenSSL 3.0 on.
func (a ask) level() string {
	if a.versions[0] < tlswire.TLS12 {
		return "0"
	}
	return "2"
}

// without lists the versions that are not left, with sign before each.
func (a ask) without(sign string) []string {
	var out []string
	for _, v := range tlswire.Versions() {
		if !slices.Contains(a.versions, v) {
			out = append(out, sign+openSSLName(v))
		}
	}
	return out
}

// openSSLName is what OpenSSL's settings call a version.
func openSSLName(v tlswire.Version) string {
	if v == tlswire.TLS10 {
		return "TLSv1"
	}
	return strings.Replace(v.String(), "TLS ", "TLSv", 1)
}

// dotted is what others than OpenSSL call a version: TLSv1.0.
func dotted(v tlswire.Version) string { return strings.Replace(v.String(), "TLS ", "TLSv", 1) }

// cyrusName is what Cyrus calls a version: tls1_2.
func cyrusName(v tlswire.Version) string {
	return strings.NewReplacer("TLS ", "tls", ".", "_").Replace(v.String())
}

func names[T any](list []T, name func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}

// fill puts the words into lines.
func fill(lines []string, words map[string]string) []string {
	var out []string
	for _, l := range lines {
		gap := false
		for word, value := range words {
			gap = gap || value == "" && strings.Contains(l, word)
			l = strings.ReplaceAll(l, word, value)
		}
		if !gap {
			out = append(out, l)
		}
	}
	return out
}
