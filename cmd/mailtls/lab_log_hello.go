package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// helloText writes what the hello lists; all of its suites only if that is asked for.
func (a *app) helloText(v *visited, verbose bool, row func(label, text string)) {
	form := fmt.Sprintf("%d bytes in %s", v.Hello.Length, plural(v.Hello.Records, "record"))
	if v.Hello.V2 != nil {
		form += ", in the form of SSLv2 (RFC 5246, Appendix E.2)"
	}
	row("hello", form)
	versions := named(v.offer.Versions)
	if !v.saysVersions() {
		versions += " at most; it does not say from which on"
	}
	row("versions", versions)
	row("suites", v.suites(verbose))
	row("groups", orNone(named(v.offer.Groups)))
	if slices.Contains(v.offer.Versions, tlswire.TLS13) {
		row("key shares", orNone(named(keyShares(v.Hello.Extensions))))
	}
	if v.Second != nil {
		row("asked again", "with a key share for "+orNone(named(keyShares(v.Second.Extensions))))
	}
	row("signatures", orNone(named(v.offer.Schemes)))
	row("server name", yesNo(serverName(v) != "", report.Escape(serverName(v)), "not sent"))
	row("ALPN", orNone(report.Escape(strings.Join(alpn(v), " "))))
}

// suites lists the suites that the policy mail minds, with a mark, or all.
func (v *visited) suites(all bool) string {
	var words []string
	minded := 0
	for _, s := range v.offer.Suites {
		switch worst, _ := v.offer.Minded(s, v.mail, v.role); {
		case worst > policy.Note:
			minded++
			words = append(words, "!"+s.String())
		case all:
			words = append(words, s.String())
		}
	}
	text := fmt.Sprintf("%d; policy %s minds %d", len(v.offer.Suites), v.mail.Name, minded)
	switch {
	case len(words) == 0 && len(v.offer.Suites) > 0:
		return text + "; the first is " + v.offer.Suites[0].String()
	case len(words) == 0:
		return text
	case all:
		text += " (!); in its order"
	}
	return text + ": " + strings.Join(words, " ")
}

// keyShares are the groups that there is a key share for.
func keyShares(list []tlswire.Extension) []tlswire.Group {
	x, _ := tlswire.Find(list, tlswire.ExtensionKeyShare)
	shares, _ := tlswire.ParseKeyShares(x.Data) // what is malformed counts as absent
	var out []tlswire.Group
	for _, s := range shares {
		if !tlswire.IsGREASE(uint16(s.Group)) {
			out = append(out, s.Group)
		}
	}
	return out
}

// serverName is the name that the client gave, raw.
func serverName(v *visited) string {
	x, _ := tlswire.Find(v.Hello.Extensions, tlswire.ExtensionServerName)
	name, _ := tlswire.ParseServerName(x.Data)
	return name
}

// alpn are the application protocols that the client offers, raw.
func alpn(v *visited) []string {
	x, _ := tlswire.Find(v.Hello.Extensions, tlswire.ExtensionALPN)
	list, _ := tlswire.ParseALPN(x.Data)
	return list
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
