package report

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// about tells what the endpoint's part of the report stands on: the program, the roots, our address and the evidence.
func (p *page) about(r *Report, e Endpoint) {
	parts := []string{"by " + strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version)}
	if r.Run.Quick {
		parts = append(parts, "by a quick scan, which asks less")
	}
	if e.Source != "" {
		parts = append(parts, "from "+e.Source)
	}
	if by := resolverText(e.Target.Resolver); by != "" {
		parts = append(parts, "address by "+by)
	}
	if roots := rootsText(r.Run.Roots); roots != "" {
		parts = append(parts, "roots "+roots)
	}
	if e.SHA256 != "" {
		parts = append(parts, "evidence "+p.digest(e.SHA256))
	}
	for i := range parts {
		parts[i] = p.escape(parts[i])
	}
	p.hang(0, p.style(dim, "Made"), 7, dim, strings.Join(parts, p.dot()))
}

// resolverText says who told the address of a server; "" where it was the target itself.
func resolverText(resolver string) string {
	switch resolver {
	case evidence.AddressGiven:
		return "the command line"
	case evidence.SystemResolver:
		return "this system's hosts or resolver"
	case "":
		return ""
	}
	servers := strings.Fields(resolver)
	return "the name server " + strings.Join(servers, " or ")
}

// digest shortens a digest for eyes, unless all is wanted.
func (p *page) digest(sum string) string {
	if p.opt.Verbose {
		return "SHA-256 " + sum
	}
	return fmt.Sprintf("%.16s", sum)
}

// judgedBy names the policy, with its digest.
func (p *page) judgedBy(j Judged) string {
	text := fmt.Sprintf("by policy %s (%s", j.Policy, j.Version)
	if j.SHA256 != "" {
		text += ", " + p.digest(j.SHA256)
	}
	return p.escape(text + "), as " + asText(j))
}

// asText is the role that a server was judged in, and the time if that was another than the scan's.
func asText(j Judged) string {
	if j.At.IsZero() {
		return roleText(j.Role)
	}
	return roleText(j.Role) + ", as of " + j.At.UTC().Format("2006-01-02 15:04 UTC")
}
