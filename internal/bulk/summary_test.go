package bulk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func summary() *Summary {
	s := NewSummary()
	for i := range 10 {
		s.Add(Row{Result: Mail, Verdict: "warn", Versions: "TLS1.2 TLS1.3", STARTTLS: "all", DANE: "none", Provider: fmt.Sprintf("p%d.test", i%2), Fails: "b a"})
	}
	s.Add(Row{Result: Mail, Verdict: "pass", STARTTLS: "none", Provider: "<script>\x1b"})
	s.Add(Row{Result: Invalid})
	s.Add(Row{Result: NullMX, Verdict: "pass"})
	return s
}

// TestSummary looks for lines of the forms.
func TestSummary(t *testing.T) {
	for _, c := range []struct {
		write func(*Summary, *bytes.Buffer) error
		want  []string
	}{
		{func(s *Summary, b *bytes.Buffer) error { return s.WriteText(b) },
			[]string{"13 names, 12 domains, of which 11 take mail", "10  90.9 %  warn", "10  90.9 %  TLS1.3", "5  45.5 %  p0.test", `<script>`}},
		{func(s *Summary, b *bytes.Buffer) error { return s.WriteCSV(b) }, []string{"result,invalid,1,7.69", "verdict,pass,1,9.09", "fails,a,10,90.91"}},
		{func(s *Summary, b *bytes.Buffer) error { return s.WriteHTML(b) }, []string{"<td class=\"n\">90.9 %", `<rect width="90.91%"`, "&lt;script&gt;"}},
	} {
		var b bytes.Buffer
		if err := c.write(summary(), &b); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no %q in\n%s", want, b.String())
			}
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Error("something in it could act on a terminal")
		}
	}
}

// TestSummaryForgets: however many providers there are, the great ones stay.
func TestSummaryForgets(t *testing.T) {
	g := &group{counts: map[string]int{}}
	for i := range 2 * mostProviders {
		g.counts[fmt.Sprint("small", i)] = 1
		g.counts["great"]++
		g.forget()
	}
	if len(g.counts) > mostProviders+1 || g.counts["great"] != 2*mostProviders {
		t.Errorf("%d words, %d", len(g.counts), g.counts["great"])
	}
}

// TestReadJSONL gets the same rows from the lines as from the journal.
func TestReadJSONL(t *testing.T) {
	r := newRun(t, newWorld(5), 20)
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	if _, err := r.WriteJSONL(t.Context(), &lines); err != nil {
		t.Fatal(err)
	}
	invalid, err := json.Marshal(Row{Domain: "-", Line: 21, Result: Invalid, Error: "no name"})
	if err != nil {
		t.Fatal(err)
	}
	lines.Write(invalid)
	var rows, kept []Row
	if err := ReadJSONL(&lines, func(row Row) error { rows = append(rows, row); return nil }); err != nil {
		t.Fatal(err)
	}
	if left, err := EachKept(r.Journal, func(row Row) error { kept = append(kept, row); return nil }); err != nil || left != 0 {
		t.Fatal(left, err)
	}
	if len(rows) != 21 || len(kept) != 20 || rows[20].Error != "no name" {
		t.Fatalf("%d and %d rows", len(rows), len(kept))
	}
	for i, row := range kept {
		if row.Line = 0; row != rows[i] {
			t.Errorf("%+v, want %+v", rows[i], row)
		}
	}
	if err := ReadJSONL(strings.NewReader("{}\n"), func(Row) error { return nil }); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("%v", err)
	}
}

// TestSummaryFormulas: what a provider is called does nothing in a spreadsheet.
func TestSummaryFormulas(t *testing.T) {
	s := NewSummary()
	s.Add(Row{Result: Mail, Provider: "=1+1"})
	var b bytes.Buffer
	if err := s.WriteCSV(&b); err != nil || !strings.Contains(b.String(), "provider,'=1+1,1,") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

// TestReadLast counts a domain once, by its last report, wherever that stands.
func TestReadLast(t *testing.T) {
	r := newRun(t, newWorld(2), 3)
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	if _, err := r.WriteJSONL(t.Context(), &lines); err != nil {
		t.Fatal(err)
	}
	list := strings.SplitAfter(strings.TrimSpace(lines.String()), "\n")
	at := func(line, year string) string { // a report of another run
		var doc map[string]any
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatal(err)
		}
		doc["run"].(map[string]any)["start"] = year + "-01-01T00:00:00Z"
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(text) + "\n"
	}
	invalid := `{"domain": "-", "result": "invalid", "error": "no name"}` + "\n"
	text := at(list[0], "2026") + at(list[1], "2024") + invalid + at(list[0], "2025") + at(list[1], "2024") + at(list[0], "2023") + `{"domain": "d0.test", "result": "failed"}` + "\n"
	var rows []Row
	if err := ReadLast(strings.NewReader(text), func(row Row) error { rows = append(rows, row); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[0].Result == Failed || rows[1].Result != Invalid || rows[2].Domain == rows[0].Domain {
		t.Errorf("%+v", rows)
	}
	for _, spoilt := range []string{"{}\n" + text, text + "{", "[]"} {
		if err := ReadLast(strings.NewReader(spoilt), func(Row) error { return nil }); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%.20q: %v", spoilt, err)
		}
	}
}
