package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// WritePolicy writes all rows of a policy for people.
func WritePolicy(w io.Writer, p *policy.Policy, opt TextOptions) error {
	pg := &page{opt: opt, width: max(opt.Width, 60)}
	if opt.Width == 0 {
		pg.width = 80
	}
	pg.policy(p)
	if _, err := io.WriteString(w, pg.b.String()); err != nil {
		return fmt.Errorf("writing a policy as text: %w", err)
	}
	return nil
}

func (p *page) policy(x *policy.Policy) {
	p.ends(p.style(bold, p.escape(x.Name)), p.escape(x.Version))
	p.hang(0, "", 0, normal, p.escape(x.Title))
	p.hang(0, p.style(dim, "Source"), 8, dim, p.escape(x.Source))
	p.hang(0, p.style(dim, "SHA-256"), 8, dim, x.SHA256)
	last := ""
	for _, row := range PolicyRows(x) {
		if row.Section != last {
			p.blank()
			p.ends(p.style(bold, row.Section), p.style(dim, "port 25  passwords"))
			last = row.Section
		}
		p.policyRow(row)
	}
	if len(x.Omits) > 0 {
		p.blank()
		p.line(p.style(bold, "Asked by its source, and not judged here"))
		for _, o := range x.Omits {
			p.hang(2, "", 0, normal, p.escape(o))
		}
	}
}

// sections are the titles of a policy's fields.
func sections() map[string]string {
	return map[string]string{
		"versions": "Versions", "suites": "Cipher suites", "suite_lists": "Cipher suites", "group_lists": "Groups", "signature_lists": "Signatures in handshakes",
		"extension_lists": "Extensions", "dh_lists": "Finite-field groups up to TLS 1.2", "keys": "Keys", "cert_key_lists": "The key of the certificate",
		"cert_signed_lists": "How the certificate is signed", "lifetimes": "How long certificates are made for", "checks": "Checks",
	}
}

// policyRow writes what a row is about with its severities, then its members, clause, dates and reasons.
func (p *page) policyRow(row PolicyRow) {
	marks := p.severity(row.Relay, 9) + p.severity(row.Access, 9)
	lines := wrap(p.escape(row.Label), p.width-2-18-2)
	p.ends("  "+lines[0], marks)
	for _, l := range lines[1:] {
		p.line("    " + l)
	}
	if len(row.Members) > 0 {
		p.hang(4, "", 0, normal, strings.Join(p.escaped(row.Members), ", "))
	}
	p.hang(4, "", 0, dim, p.escape(row.Clause))
	for _, why := range row.Why {
		p.hang(4, "", 0, normal, p.escape(why))
	}
}

// escaped escapes each of list by itself, since long text is cut.
func (p *page) escaped(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, p.escape(s))
	}
	return out
}

// severity is a severity in its colour, in a column of its own.
func (p *page) severity(s policy.Severity, width int) string {
	t := map[policy.Severity]tone{policy.OK: dim, policy.Note: normal, policy.Warn: warning, policy.Fail: bad}[s]
	return p.pad(p.style(t, s.String()), width)
}

// Reasons returns why a row weighs what it does, with the role where the roles differ.
func Reasons(relay, access policy.Ruling) []string {
	switch {
	case relay.Why == access.Why && relay.Why != "":
		return []string{relay.Why}
	case relay.Why == access.Why:
		return nil
	}
	var out []string
	for _, r := range []struct{ role, why string }{{"On port 25", relay.Why}, {"With passwords", access.Why}} {
		switch {
		case strings.HasPrefix(r.why, r.role):
			out = append(out, r.why)
		case r.why != "":
			out = append(out, r.role+": "+r.why)
		}
	}
	return out
}

// about is what a row is about, in words, and what it lists.
func about(x *policy.Policy, row policy.Row) (label string, members []string) {
	switch i := row.Index; row.Field {
	case "versions":
		return x.Versions[i].Version.String(), nil
	case "suites":
		return ofSuites(x.Suites[i]), nil
	case "suite_lists":
		return listed(x.SuiteLists[i], "suites", tlswire.Suite.String)
	case "group_lists":
		return listed(x.GroupLists[i], "groups", tlswire.Group.String)
	case "signature_lists":
		return listed(x.SignatureLists[i], "schemes", tlswire.SignatureScheme.String)
	case "extension_lists":
		return listed(x.ExtensionLists[i], "extensions", tlswire.ExtensionType.String)
	case "dh_lists":
		return listed(x.DHLists[i], "groups", same)
	case "keys":
		return fmt.Sprintf("%s keys of less than %d bits", x.Keys[i].Kind, x.Keys[i].Below), nil
	case "cert_key_lists":
		return listed(x.CertKeyLists[i], "keys", same)
	case "cert_signed_lists":
		return listed(x.CertSignedLists[i], "signatures", same)
	case "lifetimes":
		return "more than " + plural(x.Lifetimes[i].Above, "day"), nil
	}
	if c, ok := check.ByID(row.ID); ok {
		return c.Title + " (" + row.ID + ")", nil
	}
	return row.ID, nil
}

func same(s string) string { return s }

func ofSuites(r policy.SuiteRule) string {
	if r.What != "" {
		return "suites " + r.What + " (" + r.Check + ")"
	}
	if c, ok := check.ByID(r.Check); ok {
		return c.Title + " (" + r.Check + ")"
	}
	return "suites (" + r.Check + ")"
}

// listed is what a list is about, as in "groups in phase-out in TLS 1.3", and its members.
func listed[T comparable](l policy.List[T], kind string, name func(T) string) (label string, members []string) {
	label = kind
	switch {
	case l.Need == policy.NeedAny && len(l.Of) > 1:
		label = "without any of these " + kind
	case l.Need != policy.NeedNone && len(l.Of) == 1:
		label = "without this " + strings.TrimSuffix(kind, "s")
	case l.Need != policy.NeedNone:
		label = "without each of these " + kind
	case l.Others:
		label = "all other " + kind
	case l.What != "":
		label += " " + l.What
	}
	if len(l.In) > 0 {
		var versions []string
		for _, v := range l.In {
			versions = append(versions, v.String())
		}
		label += ", in " + strings.Join(versions, ", ")
	}
	for _, x := range l.Of {
		if members = append(members, name(x)); name(x) == "" {
			members[len(members)-1] = "groups without a name"
		}
	}
	return label + " (" + l.ID + ")", members
}
