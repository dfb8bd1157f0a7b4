package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
)

// csvColumns are the first row.
func csvColumns() []string {
	return []string{"at", "protocol", "host", "port", "address", "verdict", "grade", "check", "level", "message", "seen",
		"clause", "policy", "policy_version", "policy_sha256", "role", "source", "evidence_sha256", "tool_version", "roots",
		"accepted", "accepted_until", "accepted_reason", "resolver", "domain"}
}

// WriteCSV writes a table (RFC 4180, with plain line ends) of all findings, those that pass included, a row each: those of
// domains, without protocol, host, port and address, then those of endpoints, with the domains that they belong to. Behind
// those of the policy mail stand those of other policies, with their own verdicts. A cell that a spreadsheet would compute
// begins with an apostrophe.
func WriteCSV(w io.Writer, r *Report) error {
	c := csv.NewWriter(w)
	_ = c.Write(csvColumns()) // errors stay until the end
	for _, p := range csvPlaces(r) {
		for _, o := range p.opinions {
			for _, f := range o.Findings {
				_ = c.Write(p.row(r, o, f))
			}
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the report as CSV: %w", err)
	}
	return nil
}

// csvPlace is a domain or an endpoint, of which a table has rows.
type csvPlace struct {
	at                                   time.Time
	protocol, host, port, address, grade string
	judged                               Judged
	source, sha256, resolver             string
	domains                              []string
	opinions                             []Opinion // the first is that which grades
}

// csvPlaces are the domains of r, then its endpoints.
func csvPlaces(r *Report) []csvPlace {
	var out []csvPlace
	for _, d := range r.Domains {
		out = append(out, csvPlace{at: d.At, judged: d.Judged, sha256: d.SHA256, resolver: d.Resolver, domains: []string{d.Name},
			opinions: append([]Opinion{d.opinion()}, d.Others...)})
	}
	for _, e := range r.Endpoints {
		t := e.Target
		p := csvPlace{at: e.At, protocol: t.Protocol, host: t.Host, port: strconv.Itoa(t.Port), address: t.Address, grade: string(e.Grade), judged: e.Judged,
			source: e.Source, sha256: e.SHA256, resolver: t.Resolver, opinions: append([]Opinion{e.opinion()}, e.Others...)}
		for _, d := range r.Domains {
			if serves(d.Domain, t) {
				p.domains = append(p.domains, d.Name)
			}
		}
		out = append(out, p)
	}
	return out
}

// row is a row about a finding by the policy that o is of.
func (p *csvPlace) row(r *Report, o Opinion, f check.Finding) []string {
	grade := ""
	if o.Policy == p.judged.Policy {
		grade = p.grade
	}
	row := []string{p.at.UTC().Format(time.RFC3339), p.protocol, p.host, p.port, p.address,
		o.Verdict.String(), grade, f.Check, f.Level.String(), f.Message, "",
		f.Clause, o.Policy, o.Version, o.SHA256, string(p.judged.Role), p.source, p.sha256, r.Tool.Version, rootsText(r.Run.Roots)}
	switch {
	case f.Accepted != nil:
		row = append(row, "yes", f.Accepted.Until.String(), f.Accepted.Reason)
	case f.Lapsed != nil:
		row = append(row, "ended", f.Lapsed.Until.String(), f.Lapsed.Reason)
	default:
		row = append(row, "", "", "")
	}
	row = append(row, p.resolver, "")
	for i := range row {
		row[i] = cell(row[i])
	}
	row[slices.Index(csvColumns(), "seen")], row[len(row)-1] = cells(f.Seen), cells(p.domains)
	return row
}

// opinion is the judgement that grades, in the form of the others.
func (e Endpoint) opinion() Opinion {
	return Opinion{Policy: e.Judged.Policy, Version: e.Judged.Version, SHA256: e.Judged.SHA256, Verdict: e.Verdict, Findings: e.Findings}
}

// opinion is the judgement of the policy that judges, in the form of the others.
func (d Domain) opinion() Opinion {
	return Opinion{Policy: d.Judged.Policy, Version: d.Judged.Version, SHA256: d.Judged.SHA256, Verdict: d.Verdict, Findings: d.Findings}
}

// cell makes text safe for a spreadsheet: without control characters, and no formula.
func cell(s string) string {
	s = Escape(s)
	if first := strings.TrimLeft(s, " "); first != "" && strings.ContainsRune("=+-@", rune(first[0])) {
		return "'" + s
	}
	return s
}

// cells puts a list into one cell. [Escape] cuts what is long, so each is escaped alone.
func cells(list []string) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = cell(list[i])
	}
	return strings.Join(out, "; ")
}
