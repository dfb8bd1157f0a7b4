package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// HardenBy is [Software.Harden] for another policy: versions, suites, groups and signatures follow from its rows, for which
// it must be as of the day ([policy.Policy.At]). Rows that no setting of the software answers are named in comments. The
// error is for a policy that leaves no version of TLS, or of suites or groups none that servers commonly have.
func (s Software) HardenBy(version string, p *policy.Policy) (string, error) {
	a := askOf(p)
	if err := a.enough(); err != nil {
		return "", err
	}
	pr := printer{comment: s.Comment, single: s.Edit != ""}
	g := Guess{Software: s.Name, Version: version}
	title := s.Title
	if version != "" {
		title += " " + version
	}
	pr.say(title + ": TLS as the policy " + printable(p.Name) + " (" + printable(p.Version) + ") asks for it. Goes into " + s.File + ".")
	if s.TriedByPolicy != "" {
		pr.say("Tried by us: " + s.TriedByPolicy + "; not with policies or versions of your own.")
	} else {
		pr.say("Not tried by us: these settings come from its documentation. Check them before you rely on them.")
	}
	pr.say("Put your own name and files where " + anyName + " stands.")
	settings, used := s.byPolicy(g, a.words())
	for _, line := range a.leftOpen(s.Title, used, s.cured(settings)) {
		pr.say(line)
	}
	pr.settings(s, settings, g)
	return pr.b.String(), nil
}

// enough tells what a server would lack with nothing but what is left.
func (a ask) enough() error {
	switch {
	case len(a.versions) == 0:
		return fmt.Errorf("policy %q allows no version of TLS that goes on to TLS 1.3", a.policy.Name)
	case len(a.suites13) == 0, len(a.suites) == 0 && a.versions[0] < tlswire.TLS13:
		return fmt.Errorf("policy %q allows no cipher suite that is common, in one of the versions that it allows", a.policy.Name)
	case len(a.groups) == 0:
		return fmt.Errorf("policy %q allows no group but new or rare ones, which software may not have", a.policy.Name)
	}
	return nil
}

// printable leaves out what is no visible ASCII, since a policy's file says what it is called.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}

// byPolicy are the settings with their forms for a policy, and the lines with placeholders that are in force among them.
func (s Software) byPolicy(g Guess, words map[string]string) (settings []Setting, used []string) {
	for _, x := range s.Settings {
		if x.ByPolicy == nil {
			settings = append(settings, x)
			continue
		}
		x.Forms, x.Cures, x.Note = slices.Clone(x.ByPolicy), nil, x.PolicyNote
		x.Title = titleOf(x)
		for i, f := range s.forms(x, g) {
			if i == 0 {
				used = append(append(used, f.Lines...), f.Run...)
			}
		}
		for i := range x.Forms {
			x.Forms[i].Lines, x.Forms[i].Run = fill(x.Forms[i].Lines, words), fill(x.Forms[i].Run, words)
		}
		x.Forms = slices.DeleteFunc(x.Forms, func(f Form) bool { return len(f.Lines)+len(f.Run) == 0 })
		settings = append(settings, x)
	}
	return settings, used
}

// titleOf says what a setting with placeholders sets; its own title is about the policy mail.
func titleOf(x Setting) string {
	text := ""
	for _, f := range x.ByPolicy {
		text += strings.Join(f.Lines, "\n")
	}
	var parts []string
	for _, t := range []struct {
		title string
		words []string
	}{
		{"the versions", []string{"{min", "{versions", "{without"}}, {"the cipher suites", []string{"{ciphers", "{suites"}},
		{"the groups", []string{"{groups"}}, {"the versions, suites, groups and signatures", []string{"{gnutls"}},
	} {
		if slices.ContainsFunc(t.words, func(w string) bool { return strings.Contains(text, w) }) {
			parts = append(parts, t.title)
		}
	}
	if text == "" {
		return x.Title
	}
	if strings.Contains(text, "{gnutls") {
		parts = parts[len(parts)-1:]
	}
	joined := strings.Join(parts, ", ")
	if last := len(parts) - 1; last > 0 {
		joined = strings.Join(parts[:last], ", ") + " and " + parts[last]
	}
	return strings.ToUpper(joined[:1]) + joined[1:] + " that the policy asks for"
}

// cured are the checks that settings for a policy cure, by what those of the policy mail do.
func (s Software) cured(settings []Setting) []string {
	var out []string
	for i, x := range settings {
		if len(x.Forms) > 0 {
			out = append(out, s.Settings[i].Cures...)
		}
	}
	return out
}

// leftOpen tells in sentences which rows of the policy are not answered by lines with these placeholders, and by settings that
// cure these checks.
func (a ask) leftOpen(title string, used, cured []string) []string {
	var open, certificate, elsewhere []string
	text := strings.Join(used, "\n")
	for row := range a.policy.Rows() {
		if worst(row.Rule) < policy.Warn {
			continue
		}
		switch about, answered := a.answered(row, text, cured); {
		case about == "certificate":
			certificate = append(certificate, printable(row.ID))
		case about == "elsewhere":
			elsewhere = append(elsewhere, printable(row.ID))
		case !answered:
			open = append(open, printable(row.ID))
		}
	}
	var out []string
	see := " (\"mailtls policies " + printable(a.policy.Name) + "\" shows the rows.)"
	if len(open) > 0 {
		out = append(out, "LEFT OPEN, since "+title+" has no setting here that answers it: "+strings.Join(open, ", ")+"."+see)
	}
	if len(certificate) > 0 {
		out = append(out, "Rows that the certificate answers, and no setting: "+strings.Join(certificate, ", ")+".")
	}
	if len(elsewhere) > 0 {
		out = append(out, "Rows that are about more than this server: "+strings.Join(elsewhere, ", ")+".")
	}
	return out
}

// answered reports whether lines with these placeholders, or settings that cure these checks, answer a row, and what it is
// about if that is the certificate, or lies elsewhere.
func (a ask) answered(row policy.Row, text string, cured []string) (about string, ok bool) {
	gnutls := strings.Contains(text, "{gnutls")
	older := gnutls || strings.Contains(text, "{ciphers")
	newer := gnutls || strings.Contains(text, "{suites-tls13}") || a.allows13()
	switch i := row.Index; row.Field {
	case "versions":
		return "", gnutls || strings.Contains(text, "{min") || strings.Contains(text, "{versions") || strings.Contains(text, "{without")
	case "suites", "dh_lists":
		return "", older
	case "suite_lists":
		in := a.policy.SuiteLists[i]
		return "", (older || !slices.ContainsFunc(a.versions, func(v tlswire.Version) bool { return v < tlswire.TLS13 && in.About(v) })) && (newer || !in.About(tlswire.TLS13))
	case "group_lists":
		if l := a.policy.GroupLists[i]; l.Need != policy.NeedNone {
			return "", a.hasGroups(l, text)
		}
		return "", gnutls || strings.Contains(text, "{groups")
	case "signature_lists":
		return "", gnutls || strings.Contains(text, "{ciphers-level}") && a.level() == "2" && onlySHA1(a.policy.SignatureLists[i])
	case "keys":
		if a.policy.Keys[i].Kind == policy.KeyDH {
			return "", older
		}
		return "certificate", true
	case "cert_key_lists", "cert_signed_lists", "lifetimes":
		return "certificate", true
	}
	if row.Field == "extension_lists" { // what current libraries do of themselves
		return "", true
	}
	return a.checkAnswered(row.ID, text, cured)
}

// checkAnswered is answered for a row of a check. What a suite must be chosen for is answered by lists of suites, since those
// have none that the policy minds.
func (a ask) checkAnswered(id, text string, cured []string) (about string, ok bool) {
	lists := strings.Contains(text, "{gnutls") || strings.Contains(text, "{ciphers")
	limits := strings.Contains(text, "{gnutls") || strings.Contains(text, "{min") || strings.Contains(text, "{versions") || strings.Contains(text, "{without")
	switch id {
	case "no-pqc": // hybrid groups are not set
		return "", false
	case "crime", "no-extended-master-secret", "sigalg-ignored", "downgrade-sentinel-missing", "version-intolerance", "grease-intolerance",
		"heartbleed", "ccs", "ticketbleed", "weak-stek", "padding-oracle", "insecure-renegotiation", "zero-rtt", "psk-ke":
		return "", true // what current libraries do of themselves
	case "client-renegotiation": // GnuTLS leaves it to the program: Exim refuses, and couriertls does not
		return "", !strings.Contains(text, "TLS_PRIORITY")
	case "drown":
		return "", limits
	case "ocsp-staple-invalid": // nothing here staples
		return "", true
	case "starttls-stripped", "port-inconsistency":
		return "elsewhere", true
	case "anon-only", "freak", "logjam", "no-pfs", "cbc", "lucky13", "ccm8", "idea-seed-rare", "dhe-tls12", "dhe-dos", "common-prime", "dh-unsafe-group":
		return "", lists
	case "protocol-no-tls12", "protocol-no-tls13":
		return "", limits
	case "beast", "poodle":
		return "", limits || lists
	case "sha1-signature", "md5-signature":
		return "", strings.Contains(text, "{gnutls") || strings.Contains(text, "{ciphers-level}") && a.level() == "2"
	}
	if slices.Contains(cured, id) {
		return "", true
	}
	certificates := strings.Contains(id, "cert") || strings.HasPrefix(id, "chain-") || slices.Contains([]string{"roca", "fermat", "rsa-exponent", "debian-weak-key", "shared-key-known"}, id)
	if certificates {
		return "certificate", true
	}
	return "", false
}

// hasGroups reports whether the groups that lines set have those that a list needs; where they set none, whether those do
// that every library accepts by default.
func (a ask) hasGroups(l policy.List[tlswire.Group], text string) bool {
	gnutls, set := strings.Contains(text, "{gnutls"), strings.Contains(text, "{groups")
	has := func(g tlswire.Group) bool {
		if !gnutls && !set {
			return slices.Contains(usualGroups()[:4], g)
		}
		return slices.ContainsFunc(a.groups, func(x tlswire.GroupInfo) bool { return x.ID == g && (!gnutls || x.GnuTLS != "") })
	}
	if l.Need == policy.NeedAny {
		return slices.ContainsFunc(l.Of, has)
	}
	return !slices.ContainsFunc(l.Of, func(g tlswire.Group) bool { return !has(g) })
}

// allows13 reports whether all that libraries accept in TLS 1.3 by default is left.
func (a ask) allows13() bool {
	for _, s := range []tlswire.Suite{0x1301, 0x1302, 0x1303} {
		if !slices.ContainsFunc(a.suites13, func(x tlswire.SuiteInfo) bool { return x.ID == s }) {
			return false
		}
	}
	return true
}

// onlySHA1 reports whether a list is about signatures with SHA-1 and MD5 alone, which security level 2 of OpenSSL refuses.
func onlySHA1(l policy.List[tlswire.SignatureScheme]) bool {
	return len(l.Of) > 0 && !slices.ContainsFunc(l.Of, func(s tlswire.SignatureScheme) bool {
		info, _ := s.Info()
		return info.Hash != "SHA1" && info.Hash != "MD5"
	})
}
