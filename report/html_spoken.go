package report

import (
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// spokenView is the TLS that is spoken on an endpoint.
type spokenView struct {
	Versions     []versionView
	Open         []labelled // facts that are not wholly known, and why
	Groups       string
	Certificates []certificateView
	Facts        []labelled
	SameFacts    []sameRows
}

// sameRows are rows that another server has in the same words.
type sameRows struct {
	At     labelled // ID and name of that server
	Labels string
}

type versionView struct {
	Mark       markView
	Name, Note string // how many suites, and who chooses
	Suites     []suiteView
	Same       labelled // instead of them: the ID of another server that has the same, and in which version
}

type suiteView struct {
	Mark markView
	Name string
}

func spokenOf(e Endpoint, mail *policy.Policy) spokenView {
	f := e.Facts
	var v spokenView
	for _, version := range slices.Backward(tlswire.Versions()) {
		if slices.Contains(f.Versions.Value, version) {
			v.Versions = append(v.Versions, versionViewOf(e, version, mail))
		}
	}
	for _, k := range evidence.Keys() {
		if state, why := k.Condition(&e.Facts); state == evidence.Unknown || state == evidence.Partial {
			v.Open = append(v.Open, labelled{k.Name, Escape(state.String() + ": " + why)})
		}
	}
	v.Groups = strings.Join(union(names(f.GroupsTLS13.Value), names(f.GroupsTLS12.Value)), " · ")
	for _, chain := range f.Certificates.Value {
		v.Certificates = append(v.Certificates, certificateViewOf(e, chain))
	}
	v.Facts = factsInWords(e)
	return v
}

func versionViewOf(e Endpoint, version tlswire.Version, mail *policy.Policy) versionView {
	list := e.Facts.Suites.Value[version]
	v := versionView{Mark: markOf(check.LevelOf(mail.TLSVersion(version).For(e.Judged.Role).Severity)), Name: version.String()}
	parts := []string{plural(len(list), "suite")}
	if len(e.Facts.Suites.Open[version]) > 0 {
		parts[0] = "at least " + parts[0]
	}
	if who := whose(e.Facts.Preference.Value[version]); who != "" {
		parts = append(parts, who)
	}
	newer := e.Facts.Suites.Value[version+1]
	if same := len(list) > 0 && version < tlswire.TLS12 && slices.Equal(list, newer); same {
		v.Note = strings.Join(append(parts, "the same as in "+(version+1).String()), " · ")
		return v
	}
	v.Note = strings.Join(parts, " · ")
	for _, s := range list {
		info, _ := s.Info()
		v.Suites = append(v.Suites, suiteView{markOf(check.LevelOf(mail.Suite(info, e.Judged.Role).Severity)), s.String()})
	}
	return v
}

func validity(e Endpoint, c *evidence.Certificate) string {
	if c.NotBefore.IsZero() || c.NotAfter.IsZero() {
		return ""
	}
	text := c.NotBefore.UTC().Format(time.DateOnly) + " to " + c.NotAfter.UTC().Format(time.DateOnly)
	if left := c.NotAfter.Sub(e.At); left > 0 {
		text += ", " + plural(int(left/(24*time.Hour)), "day") + " left"
	}
	return text
}

// factsInWords are the facts that only those want who look closer.
func factsInWords(e Endpoint) []labelled {
	var out []labelled
	f, p := e.Facts, &page{}
	told(&out, "Greeting", f.Greeting, Escape)
	capabilities := func(c evidence.Capabilities) string {
		return Escape(strings.Join(slices.Concat(c.Names, prefixed("AUTH=", c.AuthMechanisms)), " "))
	}
	told(&out, "Capabilities", f.Capabilities, capabilities)
	told(&out, "Capabilities inside TLS", f.CapabilitiesTLS, capabilities)
	taken := func(t evidence.Taken) string { return Escape(takenInWords(t)) }
	told(&out, "MAIL FROM before TLS", f.MailBeforeTLS, taken)
	told(&out, "Authentication before TLS", f.AuthBeforeTLS, taken)
	told(&out, "Signatures", f.Signatures, perVersion)
	told(&out, "Diffie-Hellman groups", f.DHParams, dhGroups)
	told(&out, "Keys used again", f.KeyReuse, keyReuse)
	told(&out, "Compression", f.Compression, func(m []tlswire.CompressionMethod) string { return list(names(m)) })
	told(&out, "Extensions", f.Extensions, perVersion)
	told(&out, "ALPN", f.ALPN, func(s string) string { return list(strings.Fields(Escape(s))) })
	told(&out, "OCSP stapled", f.Stapled, yesNo)
	told(&out, "Revocation", f.Revocation, func(list []evidence.Revocation) string {
		return strings.Join(orNone(p.revocations(list, e.Blobs.Certificates)), "; ")
	})
	told(&out, "Lint", f.Lint, func(found []evidence.Lint) string { return strings.Join(orNone(p.lints(found)), "; ") })
	told(&out, "Downgrade sentinel", f.DowngradeSentinel, yesNo)
	told(&out, "Fallback SCSV", f.FallbackSCSV, yesNo)
	told(&out, "Clock in random", f.ClockInRandom, yesNo)
	told(&out, "Fails on", f.Intolerances, func(in []evidence.Intolerance) string {
		var words []string
		for _, i := range in {
			words = append(words, string(i))
		}
		return list(words)
	})
	return out
}

// told adds a fact by show if it was seen.
func told[T any](out *[]labelled, label string, f evidence.Fact[T], show func(T) string) {
	if f.Seen() {
		*out = append(*out, labelled{label, show(f.Value)})
	}
}
