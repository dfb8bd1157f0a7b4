package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// factWidth is the width of the column with the names of facts.
const factWidth = 14

// picture writes the facts in short: what TLS is spoken here.
func (p *page) picture(e Endpoint) {
	if len(e.LeftOut) > len(e.Findings) && !p.opt.Verbose { // a few checks were asked for, and nothing else
		return
	}
	f := e.Facts
	p.blank()
	p.line(p.style(bold, "The TLS that is spoken here"))
	p.versions(f.Versions)
	for _, v := range slices.Backward(tlswire.Versions()) {
		p.suites(e, v)
	}
	groups(p, "groups", f.GroupsTLS13, f.GroupsTLS12)
	for _, chain := range f.Certificates.Value {
		p.certificate(e, chain)
	}
	p.condition("certificate", f.Certificates.State, f.Certificates.Why)
	if p.opt.Verbose {
		p.details(e)
	} else {
		p.requested(e)
	}
	p.cost(e, 2)
}

// requested tells in a line each what came of what a flag asked for, where no finding tells it.
func (p *page) requested(e Endpoint) {
	for _, x := range []struct {
		label, check string
		state        evidence.State
	}{{"revocation", "cert-revoked", e.Facts.Revocation.State}, {"lint", "cert-lint", e.Facts.Lint.State}} {
		f, ok := findingOf(e, x.check)
		if ok && x.state != evidence.NotSought && (f.Level == check.Pass || f.Level == check.NotApplicable) {
			p.fact(x.label, p.seen(f))
		}
	}
}

// fact writes one line of the picture.
func (p *page) fact(label, text string) {
	p.hang(2, p.style(dim, label), factWidth, normal, text)
}

// condition writes why a fact is not known, if it was asked for and is not.
func (p *page) condition(label string, s evidence.State, why string) {
	switch s {
	case evidence.Unknown:
		p.hang(2, p.style(dim, label), factWidth, warning, "? not known"+p.because(why))
	case evidence.Partial:
		p.hang(2, "", factWidth, warning, "? not all is known"+p.because(why))
	case evidence.Inapplicable:
		p.hang(2, p.style(dim, label), factWidth, dim, "- "+p.escape(why))
	}
}

// because gives a reason, but once on a page is enough.
func (p *page) because(why string) string {
	if why == "" || p.told[why] {
		return ""
	}
	p.told[why] = true
	return ": " + p.escape(why)
}

func (p *page) versions(f evidence.Fact[[]tlswire.Version]) {
	switch {
	case f.State == evidence.Known && len(f.Value) == 0:
		p.fact("versions", "none")
	case f.Seen() && len(f.Value) == 0:
		p.fact("versions", "none seen")
	case f.Seen():
		p.fact("versions", strings.Join(names(f.Value), p.dot()))
	}
	p.condition("versions", f.State, f.Why)
}

// suites writes how many suites a version has and who chooses; all of them if that is wanted.
func (p *page) suites(e Endpoint, v tlswire.Version) {
	list := e.Facts.Suites.Value[v]
	if len(list) == 0 {
		return
	}
	parts := []string{plural(len(list), "suite")}
	if who := whose(e.Facts.Preference.Value[v]); who != "" {
		parts = append(parts, who)
	}
	if weak := p.weak(list, e.Judged.Role); weak > 0 {
		parts = append(parts, fmt.Sprintf("%d weak", weak))
	}
	if len(e.Facts.Suites.Open[v]) > 0 {
		parts[0] = "at least " + parts[0]
	}
	if newer := e.Facts.Suites.Value[v+1]; p.opt.Verbose && v < tlswire.TLS12 && slices.Equal(list, newer) {
		p.fact(v.String(), strings.Join(append(parts, "the same as in "+(v+1).String()), p.dot()))
		return
	}
	p.fact(v.String(), strings.Join(parts, p.dot()))
	if p.opt.Verbose {
		p.suiteList(list, e.Judged.Role)
	}
}

// suiteList writes suites in their order, those marked that the policy objects to.
func (p *page) suiteList(list []tlswire.Suite, role policy.Role) {
	for _, s := range list {
		level := map[tone]check.Level{warning: check.Warn, bad: check.Fail}[levelOfSuite(p.mail, s, role)]
		mark := strings.Repeat(" ", p.markWidth())
		if level != check.Undecided {
			mark = p.mark(level) + " "
		}
		p.line(strings.Repeat(" ", factWidth+2) + mark + s.String())
	}
}

func whose(pref evidence.Preference) string {
	switch pref {
	case evidence.ClientOrder:
		return "the client chooses"
	case evidence.ServerOrder:
		return "the server chooses"
	case evidence.ServerOrderChaCha:
		return "the server chooses, ChaCha20 first for clients that prefer it"
	}
	return ""
}

func (p *page) weak(list []tlswire.Suite, role policy.Role) int {
	n := 0
	for _, s := range list {
		if t := levelOfSuite(p.mail, s, role); t == warning || t == bad {
			n++
		}
	}
	return n
}

func levelOfSuite(pol *policy.Policy, s tlswire.Suite, role policy.Role) tone {
	info, _ := s.Info()
	switch pol.Suite(info, role).Severity {
	case policy.Warn:
		return warning
	case policy.Fail:
		return bad
	}
	return normal
}

// groups writes the key exchange groups, those of TLS 1.3 first.
func groups(p *page, label string, facts ...evidence.Fact[[]tlswire.Group]) {
	var all []string
	for _, f := range facts {
		for _, g := range names(f.Value) {
			if !slices.Contains(all, g) {
				all = append(all, g)
			}
		}
	}
	if len(all) > 0 {
		p.fact(label, strings.Join(all, p.dot()))
	}
	for _, f := range facts {
		switch {
		case f.State == evidence.Unknown && len(all) > 0: // the line has its label already
			p.condition(label, evidence.Partial, f.Why)
			return
		case f.State == evidence.Unknown, f.State == evidence.Partial:
			p.condition(label, f.State, f.Why)
			return
		}
	}
}

// certificate writes one chain on a line or two: whose, which key, until when, from whom, as far as that could be read.
func (p *page) certificate(e Endpoint, chain evidence.Chain) {
	if len(chain.Certificates) == 0 {
		p.fact("certificate", "an empty chain")
		return
	}
	c := e.Blobs.Certificates[chain.Certificates[0]]
	if c == nil {
		p.fact("certificate", chain.Certificates[0])
		return
	}
	parts := []string{p.escape(owner(c))}
	if k := key(c.PublicKey); k != "" {
		parts = append(parts, p.escape(k))
	}
	if !c.NotAfter.IsZero() {
		parts = append(parts, "until "+c.NotAfter.UTC().Format(time.DateOnly))
	}
	if left := c.NotAfter.Sub(e.At); left > 0 {
		parts = append(parts, plural(int(left/(24*time.Hour)), "day")+" left")
	}
	if c.Issuer.CommonName != "" {
		parts = append(parts, "by "+p.escape(strings.TrimSpace(c.Issuer.Organization+" "+c.Issuer.CommonName)))
	}
	named := func(c evidence.Chain) bool { return c.WithSNI }
	if !chain.WithSNI && slices.ContainsFunc(e.Facts.Certificates.Value, named) {
		parts = append(parts, "only to clients that name no server")
	}
	p.fact("certificate", strings.Join(parts, p.dot()))
}

func owner(c *evidence.Certificate) string {
	switch {
	case len(c.Names.DNS) > 2:
		return fmt.Sprintf("%s and %d other names", c.Names.DNS[0], len(c.Names.DNS)-1)
	case len(c.Names.DNS) > 0:
		return strings.Join(c.Names.DNS, " ")
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case c.Subject.DN != "":
		return c.Subject.DN
	case c.PublicKey.Algorithm == "": // which comes behind the subject
		return "cannot be read"
	}
	return "no name"
}

func key(k evidence.PublicKey) string {
	switch {
	case k.Curve != "":
		return k.Algorithm + " " + k.Curve
	case k.Bits > 0:
		return fmt.Sprintf("%s %d", k.Algorithm, k.Bits)
	}
	return k.Algorithm
}

// cost tells what the scan asked of the server, beside the least that would have done.
func (p *page) cost(e Endpoint, indent int) {
	c := e.Cost
	text := connections(c.Connections)
	if c.Floor > 0 {
		text += fmt.Sprintf(" (floor %d)", c.Floor)
	}
	text += fmt.Sprintf(", %s, %s, %s", kilobytes(c.BytesIn+c.BytesOut), plural(c.RoundTrips, "round trip"), seconds(c.Wall))
	p.hang(indent, p.style(dim, "cost"), factWidth, dim, text)
}

func kilobytes(n int64) string {
	if n < 1000 {
		return plural(int(n), "byte")
	}
	return fmt.Sprintf("%.0f kB", float64(n)/1000)
}

// names returns the names of list's members.
func names[T fmt.Stringer](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.String()
	}
	return out
}
