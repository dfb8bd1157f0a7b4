package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/check"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// form is a form for programs, with what reads it.
type form struct {
	name, ext string
	write     func(io.Writer, *Report) error
	read      func(*testing.T, []byte, *Report)
}

// forms are the forms for programs.
func forms() []form {
	return []form{
		{"sarif", "sarif", WriteSARIF, readSARIF},
		{"junit", "xml", WriteJUnit, readJUnit},
		{"csv", "csv", WriteCSV, readCSV},
		{"jsonl", "jsonl", WriteJSONL, readJSONL},
		{"prometheus", "prom", WritePrometheus, readPrometheus},
		{"nagios", "nagios", WriteNagios, readNagios},
	}
}

// TestForms reads each form by a parser of it, for servers of every kind, and compares that of a hostile one with what was
// looked at before.
func TestForms(t *testing.T) {
	for _, f := range forms() {
		for name, r := range map[string]*Report{
			"none": build(t), "healthy": build(t, healthy(t)), "weak": build(t, weak(t)), "throttled": build(t, throttled(t)),
			"unanswered": build(t, unanswered(t)), "hostile": build(t, hostile(t)),
			"several":  build(t, healthy(t), throttled(t), unanswered(t), hostile(t), healthy(t)),
			"policies": Judge(build(t, weak(t), throttled(t)), mailPolicy(t), others(t), scanned),
			"accepted": Accept(Judge(build(t, weak(t), throttled(t)), mailPolicy(t), others(t, "legacy"), scanned), someAccepted(t)),
			"sound":    soundDomain(t).report(t), "dead": deadDomain().report(t), "null": nullDomain().report(t),
			"domain":  hostilePromise(t),
			"domains": severalDomains(t),
		} {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				var b bytes.Buffer
				if err := f.write(&b, r); err != nil {
					t.Fatal(err)
				}
				if (name == "hostile" || name == "domain") && f.name != "jsonl" { // whose golden file would be that of JSON
					golden(t, map[string]string{"hostile": "hostile.", "domain": "domain."}[name]+f.ext, b.Bytes())
				}
				if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
					t.Errorf("%q is in the report", b.String()[i:min(i+20, b.Len())])
				}
				f.read(t, b.Bytes(), r)
				if err := f.write(broken{}, r); err == nil && b.Len() > 0 {
					t.Error("a broken pipe is no error")
				}
			})
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// total is how many findings of r have one of levels, those on domains and those of other policies included.
func total(r *Report, levels ...check.Level) int {
	n := own(r, levels...) + ofDomains(r, levels...)
	for _, o := range otherOpinions(r) {
		n += among(o.Findings, levels)
	}
	return n
}

func otherOpinions(r *Report) []Opinion {
	var out []Opinion
	for _, e := range r.Endpoints {
		out = append(out, e.Others...)
	}
	for _, d := range r.Domains {
		out = append(out, d.Others...)
	}
	return out
}

func among(findings []check.Finding, levels []check.Level) int {
	n := 0
	for _, f := range findings {
		if slices.Contains(levels, f.Level) {
			n++
		}
	}
	return n
}

// own is how many findings on endpoints of r by the policy mail have one of levels.
func own(r *Report, levels ...check.Level) int {
	n := 0
	for _, e := range r.Endpoints {
		n += among(e.Findings, levels)
	}
	return n
}

// ofDomains is the same of domains.
func ofDomains(r *Report, levels ...check.Level) int {
	n := 0
	for _, d := range r.Domains {
		n += among(d.Findings, levels)
	}
	return n
}

// allowed is how many findings of r are accepted.
func allowed(r *Report) int {
	n := 0
	for _, e := range r.Endpoints {
		n += acceptedIn(e)
	}
	for _, d := range r.Domains {
		n += acceptedAmong(d.Findings)
	}
	return n
}

func readSARIF(t *testing.T, text []byte, r *Report) {
	raw, err := os.ReadFile("testdata/sarif-schema-2.1.0.json") // of OASIS, errata 01, as github.com/owenrumney/go-sarif/v3 brings it
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Error(err)
	}
	var log sarifLog
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	if got, want := len(log.Runs[0].Results), total(r, check.Fail, check.Warn, check.Undecided); got != want {
		t.Errorf("%d results, want %d", got, want)
	}
	suppressed := 0
	for _, x := range log.Runs[0].Results {
		suppressed += len(x.Suppressions)
		if log.Runs[0].Tool.Driver.Rules[x.RuleIndex].ID != x.RuleID {
			t.Errorf("%s has the index of another rule", x.RuleID)
		}
	}
	if suppressed != allowed(r) {
		t.Errorf("%d results are suppressed, want %d", suppressed, allowed(r))
	}
	if s.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}) == nil {
		t.Error("a run without a tool is valid")
	}
}

func readJUnit(t *testing.T, text []byte, r *Report) {
	var all junitSuites
	if err := xml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	got := []int{all.Tests, all.Failures, all.Errors, 0}
	want := []int{total(r, check.Pass, check.NotApplicable, check.Warn, check.Fail, check.Undecided), total(r, check.Warn, check.Fail) - allowed(r),
		total(r, check.Undecided), total(r, check.NotApplicable) + allowed(r)}
	cases := []int{0, 0, 0, 0}
	for _, s := range all.Suites {
		got[3] += s.Skipped
		for _, c := range s.Cases {
			cases[0]++
			for i, o := range []*junitOutcome{c.Failure, c.Error, c.Skipped} {
				if o != nil {
					cases[i+1]++
				}
			}
		}
	}
	if !slices.Equal(got, want) || !slices.Equal(cases, want) {
		t.Errorf("counts %v, cases %v, want %v", got, cases, want)
	}
}

func readCSV(t *testing.T, text []byte, r *Report) {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 + total(r, check.Pass, check.NotApplicable, check.Warn, check.Fail, check.Undecided); len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	for _, row := range rows {
		for _, c := range row {
			if c = strings.TrimSpace(c); c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet computes %q", c)
			}
		}
	}
}

func readJSONL(t *testing.T, text []byte, r *Report) {
	schema := compiled(t)
	lines, parts := strings.SplitAfter(string(text), "\n"), jsonLines(r)
	if lines[len(lines)-1] != "" || len(lines)-1 != len(parts) {
		t.Fatalf("%d lines for %d parts", len(lines)-1, len(parts))
	}
	for i, line := range lines[:len(lines)-1] {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil && !slices.ContainsFunc(parts[i].Endpoints, func(e Endpoint) bool { return e.Target.Port < 1 }) {
			t.Error(err)
		}
		back, err := ReadJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		var want, got bytes.Buffer // JSON has no bytes that are no UTF-8
		if err := errors.Join(WriteJSON(&want, parts[i]), WriteJSON(&got, back)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("came back different (-want +got):\n%s", diff)
		}
	}
}

// The text format of Prometheus, version 0.0.4.
var (
	promComment = regexp.MustCompile(`^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	promSample  = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\} (\S+)$`)
)

func readPrometheus(t *testing.T, text []byte, r *Report) {
	family, seen, done := "", make(map[string]bool), make(map[string]bool)
	failing, domains := 0.0, 0.0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if c := promComment.FindStringSubmatch(line); c != nil {
			if c[1] == "HELP" && done[c[2]] {
				t.Errorf("%s is there twice", c[2])
			}
			family, done[c[2]] = c[2], true
			continue
		}
		s := promSample.FindStringSubmatch(line)
		if s == nil || s[1] != family || seen[s[1]+s[2]] {
			t.Errorf("no sample, of another family than %s, or there twice: %s", family, line)
			continue
		}
		seen[s[1]+s[2]] = true
		v, err := strconv.ParseFloat(s[3], 64)
		if err != nil {
			t.Error(err)
		}
		if s[1] == "mailtls_findings" && strings.Contains(s[2], `level="fail"`) {
			failing += v
		}
		if s[1] == "mailtls_domain_findings" && strings.Contains(s[2], `level="fail"`) {
			domains += v
		}
	}
	if want := own(r, check.Fail); failing != float64(want) {
		t.Errorf("%v failing checks, want %d", failing, want)
	}
	if want := ofDomains(r, check.Fail); domains != float64(want) {
		t.Errorf("%v failing checks on domains, want %d", domains, want)
	}
}

var nagiosLine = regexp.MustCompile(`^MAILTLS (OK|WARNING|CRITICAL|UNKNOWN) - [^|]+ \| (?:[a-z0-9_.-]+=-?[0-9.]+s?(?:;[0-9]*){0,3} ?)+$`)

func readNagios(t *testing.T, text []byte, r *Report) {
	first, rest, _ := strings.Cut(string(text), "\n")
	if m := nagiosLine.FindStringSubmatch(first); m == nil || m[1] != PluginStatusOf(r).String() {
		t.Errorf("the first line is %s", first)
	}
	if strings.Contains(rest, "|") {
		t.Errorf("another bar in:\n%s", rest)
	}
	for _, l := range []check.Level{check.Fail, check.Warn} {
		n := 0
		for _, e := range r.Endpoints {
			n += counting(e.Findings, l)
		}
		for _, d := range r.Domains {
			n += counting(d.Findings, l)
		}
		if want := fmt.Sprintf(" %s=%d;", l, n); !strings.Contains(first, want) {
			t.Errorf("no%s in %s", want, first)
		}
	}
}

func TestPluginStatus(t *testing.T) {
	for _, c := range []struct {
		r    *Report
		want PluginStatus
	}{
		{build(t, healthy(t)), PluginOK},
		{build(t, weak(t)), PluginCritical},
		{build(t, throttled(t)), PluginWarning},
		{build(t, unanswered(t)), PluginUnknown},
		{build(t, healthy(t), unanswered(t)), PluginUnknown},
		{build(t, unanswered(t), weak(t)), PluginCritical},
		{build(t), PluginUnknown},
		{soundDomain(t).report(t), PluginOK}, {nullDomain().report(t), PluginOK}, {noDomain().report(t), PluginWarning}, {noSuchDomain().report(t), PluginUnknown}, {deadDomain().report(t), PluginUnknown},
		{&Report{Domains: faulty(t).Domains}, PluginCritical},
	} {
		if got := PluginStatusOf(c.r); got != c.want {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "   ": "   ", "a=b": "a=b", "=1+1": "'=1+1", "-2": "'-2", "+x": "'+x", "@SUM(A1)": "'@SUM(A1)", "  =1": "'  =1", "\t=1": `\t=1`, "\r\n": `\r\n`,
	} {
		if got := cell(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestURI(t *testing.T) {
	target := hostile(t).Target
	uri := uriOf(target)
	if strings.ContainsAny(uri, " <>\"\\\x1b") || !strings.HasPrefix(uri, "imap:%5B=") {
		t.Errorf("%s", uri)
	}
	target.Host, target.Port = "2001:db8::1", 993
	if got := uriOf(target); got != "imap://[2001:db8::1]:993" {
		t.Errorf("%s", got)
	}
}
