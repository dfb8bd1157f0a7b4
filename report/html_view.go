package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/policy"
)

// view is what the page shows. All its text is escaped for people's eyes (by Escape), and not yet for HTML.
type view struct {
	Title     string
	Summary   string // of several endpoints
	Notes     []string
	Endpoints []endpointView
	Matrix    []matrixRow   // promises by endpoint, if there are several
	Checks    []sharedCheck // of several endpoints
	Glossary  []labelled    // what each check looks for
	About     []labelled
}

// markView is a symbol, the word for it, and the class that colours it.
type markView struct{ Symbol, Word, Class string }

// labelled is a text with its label.
type labelled struct{ Label, Text string }

type matrixRow struct {
	Label string
	Marks []markView
}

type endpointView struct {
	ID, Name, Which, Line string
	Mark                  markView
	Verdict, Grade, Bound string // the grade, or else the best that is possible
	Summary               string
	Lost                  []string // why nothing is known, and what to look at
	Promises              []promiseView
	Findings              []findingView
	Accepted              []acceptedView
	Remaining             string // how many findings are accepted, and the verdict without them
	Helpless              bool   // which software it is, and so the fix, is not known
	Unknown               []unknownView
	Advice                []labelled
	Caps                  []labelled
	Spoken                spokenView
	Checks                []checkView
	Others                []otherView // what other policies say
	About                 []labelled
}

type promiseView struct {
	Mark        markView
	Label, Text string
}

type unknownView struct{ Why, Checks string }

type checkView struct {
	Mark       markView
	ID, Detail string
}

func viewOf(r *Report, mail *policy.Policy) view {
	v := view{Title: "TLS of " + plural(len(r.Endpoints), "mail server")}
	for i, e := range r.Endpoints {
		v.Endpoints = append(v.Endpoints, endpointViewOf(e, mail, fmt.Sprintf("s%d", i+1)))
	}
	if len(r.Endpoints) == 1 {
		v.Title = "TLS of " + Escape(name(r.Endpoints[0].Target))
	}
	shareTexts(v.Endpoints)
	shareSuites(v.Endpoints)
	v.Checks = shareChecks(v.Endpoints)
	for _, c := range check.All() {
		v.Glossary = append(v.Glossary, labelled{c.ID, c.Title})
	}
	for _, n := range r.Notes {
		v.Notes = append(v.Notes, Escape(n.Text))
	}
	if len(r.Endpoints) > 1 {
		v.Matrix, v.Summary = matrix(r.Endpoints), countVerdicts(r.Endpoints)
	}
	v.About = aboutRun(r)
	return v
}

// shareTexts names each finding, and replaces what an earlier server's finding says, and the lines that cure it, by a link to
// that: a page about many servers would else say the same over and over.
func shareTexts(endpoints []endpointView) {
	first := make(map[string]labelled)
	for i := range endpoints {
		for j := range endpoints[i].Findings {
			f := &endpoints[i].Findings[j]
			f.ID = fmt.Sprintf("%sf%d", endpoints[i].ID, j+1)
			key := fmt.Sprint(f.Text, f.Clauses, f.Refs)
			if other, ok := first[key]; ok {
				f.Same = other
			} else {
				first[key] = labelled{f.ID, endpoints[i].Name}
			}
			if f.Fix != nil && len(f.Fix.Parts) > 0 {
				f.Fix.share(first, labelled{f.ID, endpoints[i].Name})
			}
		}
	}
}

// shareSuites replaces suites that an earlier server has in the same order by a link to that.
func shareSuites(endpoints []endpointView) {
	first := make(map[string]labelled)
	for i := range endpoints {
		for j := range endpoints[i].Spoken.Versions {
			v := &endpoints[i].Spoken.Versions[j]
			key := fmt.Sprint(v.Suites)
			switch other, ok := first[key]; {
			case len(v.Suites) == 0:
			case ok && other.Label != endpoints[i].ID:
				v.Suites, v.Same = nil, other
			case !ok:
				first[key] = labelled{endpoints[i].ID, v.Name + " of " + endpoints[i].Name}
			}
		}
	}
}

// countVerdicts says how many endpoints have which verdict, worst first.
func countVerdicts(endpoints []Endpoint) string {
	var parts []string
	for _, v := range []struct {
		Verdict
		text string
	}{{Fail, "must be mended"}, {Warn, "should be mended"}, {Incomplete, "could not be wholly scanned"}, {Pass, "without fault"}} {
		n := 0
		for _, e := range endpoints {
			if e.Verdict == v.Verdict {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.text))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// matrix has a row for each promise, with a mark for each endpoint.
func matrix(endpoints []Endpoint) []matrixRow {
	var rows []matrixRow
	for _, p := range promises() {
		row := matrixRow{Label: p.label}
		for _, e := range endpoints {
			level, _ := keptBy(p, e)
			row.Marks = append(row.Marks, markOf(level))
		}
		rows = append(rows, row)
	}
	return rows
}

// keptBy answers for the promise p of e. Of a server that was not reached nothing is known.
func keptBy(p promise, e Endpoint) (check.Level, string) {
	if why, lost := unreachable(e); lost {
		return check.Undecided, why
	}
	return p.keptBy(e)
}

func endpointViewOf(e Endpoint, mail *policy.Policy, id string) endpointView {
	v := endpointView{
		ID: id, Name: Escape(name(e.Target)), Which: Escape(whichOf(e.Target)), Mark: markOf(levelOf(e.Verdict)),
		Verdict: e.Verdict.String(), Grade: string(e.Grade), Summary: summaryOf(e), About: aboutEndpoint(e),
	}
	v.Line = Escape(lineOf(e))
	if why, lost := unreachable(e); lost {
		v.Lost = append(v.Lost, Escape(why)+".")
		if strings.Contains(why, "refused") || silence(why) {
			v.Lost = append(v.Lost, "Does the server run, is it the right port, and does no firewall stand between?")
		}
		return v
	}
	if e.Grade == "" && e.AtBest != "A+" {
		v.Bound = string(e.AtBest)
	}
	for _, p := range promises() {
		level, text := keptBy(p, e)
		if level == check.Undecided {
			text = "not known, see below"
		}
		v.Promises = append(v.Promises, promiseView{markOf(level), p.label, Escape(text)})
	}
	guess, given := fix.Recognise(e.Endpoint), make(map[string]string)
	for _, b := range blocks(e.Findings) {
		f := findingViewOf(b)
		f.Fix = fixViewOf(b, guess, given)
		v.Findings = append(v.Findings, f)
	}
	v.Accepted, v.Remaining = acceptedOf(e), acceptedLine(e)
	v.Helpless = helpless(e, guess)
	v.Unknown, v.Advice = unknownOf(e)
	v.Caps = capsOf(e)
	v.Spoken = spokenOf(e, mail)
	v.Checks = checksOf(e.Findings)
	v.Others = othersOf(e)
	return v
}

// lineOf is what was scanned, and when, in a line.
func lineOf(e Endpoint) string {
	parts := []string{service(e)}
	if t := e.Target; t.Address != "" && t.Address != t.Host {
		parts = append(parts, t.Address)
	}
	return strings.Join(append(parts, e.At.UTC().Format("2006-01-02 15:04 UTC"), seconds(e.Cost.Wall), connections(e.Cost.Connections)), " · ")
}

// whichOf tells apart what has the same name and port.
func whichOf(t evidence.Target) string {
	if t.Address == "" || t.Address == t.Host {
		return t.Protocol
	}
	return t.Protocol + " · " + t.Address
}

// summaryOf says in a sentence what is to be done.
func summaryOf(e Endpoint) string {
	if _, lost := unreachable(e); lost {
		return "Nothing is known about this server."
	}
	must, should := 0, 0
	for _, b := range blocks(e.Findings) {
		if b.found[0].Level == check.Fail {
			must++
		} else {
			should++
		}
	}
	var text string
	switch {
	case must > 0 && should > 0:
		text = fmt.Sprintf("%s must be changed, and %d should be.", plural(must, "thing"), should)
	case must > 0:
		text = plural(must, "thing") + " must be changed."
	case should > 0:
		text = plural(should, "thing") + " should be changed."
	case e.Verdict == Incomplete:
		return "Nothing wrong was seen, but not everything could be asked."
	case e.Remaining != nil:
		text = "Nothing needs to be changed but what is accepted."
	default:
		return "Nothing needs to be changed."
	}
	if !decided(e.Findings) {
		text += " Not everything could be asked."
	}
	return text
}

// unknownOf lists what is not known by its reason, and how to learn more.
func unknownOf(e Endpoint) (list []unknownView, advice []labelled) {
	for _, f := range e.Findings {
		if f.Level != check.Undecided {
			continue
		}
		why := Escape(f.Message)
		if i := slices.IndexFunc(list, func(u unknownView) bool { return u.Why == why }); i >= 0 {
			list[i].Checks += ", " + Escape(f.Check)
		} else {
			list = append(list, unknownView{why, Escape(f.Check)})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	p := &page{width: 1 << 16}
	p.advice(e)
	for line := range strings.Lines(p.b.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "--") {
			advice = append(advice, labelled{"command", line})
		} else {
			advice = append(advice, labelled{"", line})
		}
	}
	return list, advice
}

// capsOf tells for each grade what keeps the server down to it, worst first.
func capsOf(e Endpoint) []labelled {
	var out []labelled
	for _, g := range slices.Backward(policy.Grades()) {
		var checks []string
		for _, c := range e.Caps {
			if c.Grade == g {
				text := Escape(c.Check)
				if f, ok := findingOf(e, c.Check); ok && f.Note { // told nowhere else
					text += " (" + Escape(c.Reason) + ")"
				}
				checks = append(checks, text)
			}
		}
		if len(checks) > 0 {
			out = append(out, labelled{string(g), strings.Join(checks, ", ")})
		}
	}
	return out
}

func checksOf(findings []check.Finding) []checkView {
	var out []checkView
	for _, f := range findings {
		out = append(out, checkView{markOf(f.Level), Escape(f.Check), Escape(f.Message)})
	}
	return out
}

func aboutRun(r *Report) []labelled {
	about := []labelled{{"Written by", Escape(strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version))}}
	if !r.Run.Start.IsZero() {
		when := r.Run.Start.UTC().Format("2006-01-02 15:04:05 UTC") + ", in " + seconds(r.Run.Wall)
		if r.Run.Quick {
			when += ", by a quick scan, which asks less"
		}
		about = append(about, labelled{"Scanned", when})
	}
	if roots := rootsText(r.Run.Roots); roots != "" {
		about = append(about, labelled{"Trusted roots", Escape(roots)})
	}
	return about
}

// rootsText says which roots chains were judged by, or "".
func rootsText(r evidence.Roots) string {
	text := r.Name
	if !r.Date.IsZero() {
		text += " of " + r.Date.UTC().Format(time.DateOnly)
	}
	return text
}

func aboutEndpoint(e Endpoint) []labelled {
	about := []labelled{{"Judged by", Escape(fmt.Sprintf("policy %s (%s), as %s", e.Judged.Policy, e.Judged.Version, asText(e.Judged)))}}
	for _, l := range []labelled{{"Policy SHA-256", e.Judged.SHA256}, {"Evidence SHA-256", e.SHA256}, {"Scanned from", e.Source},
		{"Address by", resolverText(e.Target.Resolver)}} {
		if l.Text != "" {
			about = append(about, labelled{l.Label, Escape(l.Text)})
		}
	}
	if c := e.Cost; c.Connections > 0 {
		text := connections(c.Connections)
		if c.Floor > 0 {
			text += fmt.Sprintf(" (floor %d)", c.Floor)
		}
		about = append(about, labelled{"Cost", fmt.Sprintf("%s, %s, %s", text, kilobytes(c.BytesIn+c.BytesOut), plural(c.RoundTrips, "round trip"))})
	}
	return about
}

func markOf(l check.Level) markView {
	return map[check.Level]markView{
		check.Pass:          {"✓", "ok", "pass"},
		check.Warn:          {"!", "warning", "warn"},
		check.Fail:          {"✗", "fails", "fail"},
		check.Undecided:     {"?", "not known", "open"},
		check.NotApplicable: {"–", "does not apply", "none"},
	}[l]
}
