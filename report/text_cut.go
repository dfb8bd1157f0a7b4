package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/policy"
)

// remedies are the changes that end what a check finds, where there is a plain one: to accept something no longer.
func remedies() []struct{ check, change string } {
	return []struct{ check, change string }{
		{"protocol-sslv3", "sslv3"}, {"protocol-tls10", "tls1.0"}, {"protocol-tls11", "tls1.1"}, {"null", "null"}, {"anon", "anon"},
		{"export", "export"}, {"des", "des"}, {"rc4", "rc4"}, {"sweet32", "3des"}, {"cbc", "cbc"}, {"static-rsa", "rsa-kx"}, {"weak-dh", "dhe"},
	}
}

// cutOff writes which programs could no longer come if what was found were accepted no longer: for each finding by itself,
// and for all of them.
func (p *page) cutOff(e Endpoint) {
	var all []client.Change
	for _, r := range remedies() {
		wrong := slices.ContainsFunc(e.Findings, func(f check.Finding) bool { return f.Check == r.check && f.Level >= check.Warn })
		if c, ok := client.ChangeNamed(r.change); ok && wrong && c.Touches(e.Endpoint) {
			all = append(all, c)
		}
	}
	users, senders := client.Coming(p.clients, e.Target.Protocol)
	if e.Judged.Role == policy.Relay {
		users = nil // libraries that send to port 25, too, are hardly worth a line
	}
	if len(all) == 0 || len(users)+len(senders) == 0 {
		return
	}
	p.blank()
	p.line(p.style(bold, "Who would be cut off") + p.style(dim, " (simulated)"))
	groups := []audience{{"mail client", users}, {"sending server", senders}}
	groups = slices.DeleteFunc(groups, func(a audience) bool { return len(a.profiles) == 0 })
	var harmless []string
	last := ""
	for _, c := range all {
		text, nobody := p.cut(e, groups, c)
		if nobody {
			harmless = append(harmless, c.Name)
			continue
		}
		last = text
		p.hang(2, p.style(dim, "without "+c.Name), cutWidth, normal, text)
	}
	switch len(harmless) {
	case 0:
	case 1:
		p.hang(2, p.style(dim, "without "+harmless[0]), cutWidth, normal, "nobody")
	default:
		p.hang(2, p.style(dim, "without others"), cutWidth, normal, "nobody: "+strings.Join(harmless, ", "))
	}
	if text, nobody := p.cut(e, groups, all...); text != last && !nobody {
		p.hang(2, p.style(dim, "without all"), cutWidth, normal, text)
	}
	if last != "" && len(senders) > 0 {
		p.hang(2, "", cutWidth, normal, "Most sending servers send in the clear where TLS fails.")
	}
}

// audience is those of a kind that would come to a server.
type audience struct {
	kind     string
	profiles []client.Profile
}

// cutWidth is the width of the column with the changes.
const cutWidth = 17

// fewClients is how many programs a line names unless all are wanted.
const fewClients = 2

// cut tells whom changes cut off, by kind, and whether it is nobody for certain.
func (p *page) cut(e Endpoint, groups []audience, changes ...client.Change) (text string, nobody bool) {
	after := client.Without(e.Endpoint, changes...)
	var parts []string
	nobody = true
	for _, g := range groups {
		cuts := client.CutOff(g.profiles, e.Endpoint, after)
		nobody = nobody && len(cuts.Off)+len(cuts.Open) == 0
		part := fmt.Sprintf("%d of %s", len(cuts.Off), plural(len(g.profiles), g.kind))
		if len(cuts.Off) > 0 {
			part += ": " + p.namesOf(cuts.Off)
		}
		if len(cuts.Open) > 0 {
			part += fmt.Sprintf("; not known of %d", len(cuts.Open))
			if p.opt.Verbose {
				part += ": " + p.namesOf(cuts.Open)
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; "), nobody
}

func (p *page) namesOf(cuts []client.Cut) string {
	var names []string
	for _, c := range cuts {
		names = append(names, c.Profile.Name)
	}
	if n := len(names) - fewClients; n > 0 && !p.opt.Verbose {
		return strings.Join(names[:fewClients], ", ") + " and " + plural(n, "other")
	}
	return strings.Join(names, ", ")
}
