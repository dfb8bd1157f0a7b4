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
		"accepted", "accepted_until", "accepted_reason", "resolver"}
}

// WriteCSV writes a table (RFC 4180, with plain line ends) of all findings, those that pass included, a row each; behind
// those of the policy mail stand those of other policies, with their own verdicts. A cell that a spreadsheet would compute
// begins with an apostrophe.
func WriteCSV(w io.Writer, r *Report) error {
	c := csv.NewWriter(w)
	_ = c.Write(csvColumns()) // errors stay until the end
	for _, e := range r.Endpoints {
		for _, f := range e.Findings {
			_ = c.Write(csvRow(r, e, e.opinion(), f))
		}
		for _, o := range e.Others {
			for _, f := range o.Findings {
				_ = c.Write(csvRow(r, e, o, f))
			}
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the report as CSV: %w", err)
	}
	return nil
}

// csvRow is a row about a finding by the policy that o is of.
func csvRow(r *Report, e Endpoint, o Opinion, f check.Finding) []string {
	grade := ""
	if o.Policy == e.Judged.Policy {
		grade = string(e.Grade)
	}
	row := []string{e.At.UTC().Format(time.RFC3339), e.Target.Protocol, e.Target.Host, strconv.Itoa(e.Target.Port), e.Target.Address,
		o.Verdict.String(), grade, f.Check, f.Level.String(), f.Message, "",
		f.Clause, o.Policy, o.Version, o.SHA256, string(e.Judged.Role), e.Source, e.SHA256, r.Tool.Version, rootsText(r.Run.Roots)}
	switch {
	case f.Accepted != nil:
		row = append(row, "yes", f.Accepted.Until.String(), f.Accepted.Reason)
	case f.Lapsed != nil:
		row = append(row, "ended", f.Lapsed.Until.String(), f.Lapsed.Reason)
	default:
		row = append(row, "", "", "")
	}
	row = append(row, e.Target.Resolver)
	for i := range row {
		row[i] = cell(row[i])
	}
	row[slices.Index(csvColumns(), "seen")] = cells(f.Seen)
	return row
}

// opinion is the judgement that grades, in the form of the others.
func (e Endpoint) opinion() Opinion {
	return Opinion{Policy: e.Judged.Policy, Version: e.Judged.Version, SHA256: e.Judged.SHA256, Verdict: e.Verdict, Findings: e.Findings}
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
