package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// csvColumns are the first row.
func csvColumns() []string {
	return []string{"at", "protocol", "host", "port", "address", "verdict", "grade", "check", "level", "message", "seen",
		"clause", "policy", "policy_version", "policy_sha256", "role", "source", "evidence_sha256", "tool_version", "roots"}
}

// WriteCSV writes a table (RFC 4180, with plain line ends) of all findings, those that pass included, a row each. A cell
// that a spreadsheet would compute begins with an apostrophe.
func WriteCSV(w io.Writer, r *Report) error {
	c := csv.NewWriter(w)
	_ = c.Write(csvColumns()) // errors stay until the end
	for _, e := range r.Endpoints {
		for _, f := range e.Findings {
			row := []string{e.At.UTC().Format(time.RFC3339), e.Target.Protocol, e.Target.Host, strconv.Itoa(e.Target.Port), e.Target.Address,
				e.Verdict.String(), string(e.Grade), f.Check, f.Level.String(), f.Message, "",
				f.Clause, e.Judged.Policy, e.Judged.Version, e.Judged.SHA256, string(e.Judged.Role), e.Source, e.SHA256, r.Tool.Version, rootsText(r.Run.Roots)}
			for i := range row {
				row[i] = cell(row[i])
			}
			row[slices.Index(csvColumns(), "seen")] = cells(f.Seen)
			_ = c.Write(row)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the report as CSV: %w", err)
	}
	return nil
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
