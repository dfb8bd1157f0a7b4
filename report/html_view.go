package report

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/policy"
)

// view is what the page shows. All its text is escaped for people's eyes (by Escape), and not yet for HTML.
type view struct {
	Title     string
	Summary   string // of several endpoints
	Notes     []string
	Domains   []domainView
	Endpoints []endpointView // those of no domain
	Matrices  []matrixView   // promises by endpoint, if there are several
	Checks    []sharedCheck  // of several endpoints
	Alone     bool           // it is about one endpoint
	Glossary  []labelled     // what each check looks for
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
	Number                int  // among all of the page
	Alone                 bool // on its page
	Mark                  markView
	Verdict, Grade, Bound string // the grade, or else the best that is possible
	Summary               string
	Part                  string   // which checks are left out by request
	Lost                  []string // why nothing is known, and what to look at
	Promises              []promiseView
	Kept                  int // promises beside those
	Findings              []findingView
	Accepted              []acceptedView
	Remaining             string     // how many findings are accepted, and the verdict without them
	Helpless              bool       // which software it is, and so the fix, is not known
	Cuts, CutNames        []labelled // who would be cut off: in short, and all of them
	Unknown               []unknownView
	Advice                []labelled
	SameCuts              labelled // instead of them: the ID and the name of another server that has the same
	SameCaps              []sameRows
	Caps                  []labelled
	Tried                 []triedView
	Spoken                spokenView
	Checks                []checkView
	Others                []otherView // what other policies say
	About                 []labelled
}

// Linked reports whether the title of a finding is a link.
func (v view) Linked() bool {
	return slices.ContainsFunc(v.Endpoints, func(e endpointView) bool {
		return slices.ContainsFunc(e.Findings, func(f findingView) bool { return f.AllSame })
	})
}

type promiseView struct {
	Mark        markView
	Label, Text string
}

type unknownView struct{ Why, Checks string }

// viewer makes the page's view of a report.
type viewer struct {
	mail    *policy.Policy   // that versions and suites are marked by
	clients []client.Profile // whose handshakes are simulated
	alone   bool             // there is one endpoint, so that the page has room for all that is known of it
}

type checkView struct {
	Mark       markView
	ID, Detail string
}

func (w viewer) view(r *Report) view {
	v := view{Title: "TLS of " + plural(len(r.Endpoints), "mail server"), Alone: w.alone}
	for i, e := range r.Endpoints {
		one := w.endpoint(e, idOf(i))
		if one.Number = i + 1; r.ofDomain(e) {
			one.leaveToDomain()
		}
		v.Endpoints = append(v.Endpoints, one)
	}
	if w.alone {
		v.Title = "TLS of " + Escape(name(r.Endpoints[0].Target))
	}
	shareTexts(v.Endpoints)
	shareSuites(v.Endpoints)
	shareCertificates(v.Endpoints)
	shareRows(v.Endpoints)
	v.Checks = shareChecks(v.Endpoints)
	for _, c := range check.All() {
		v.Glossary = append(v.Glossary, labelled{c.ID, c.Title})
	}
	for _, n := range r.Notes {
		v.Notes = append(v.Notes, Escape(n.Text))
	}
	w.domains(&v, r)
	if others := r.others(); len(others) > 1 {
		v.Matrices, v.Summary = matrices(others, v.Endpoints), countVerdicts(others)
	}
	v.About = aboutRun(r)
	return v
}

// idOf is the ID of the endpoint of a report with that index.
func idOf(i int) string { return fmt.Sprintf("s%d", i+1) }

func markOf(l check.Level) markView {
	return map[check.Level]markView{
		check.Pass:          {"✓", "ok", "pass"},
		check.Warn:          {"!", "warning", "warn"},
		check.Fail:          {"✗", "fails", "fail"},
		check.Undecided:     {"?", "not known", "open"},
		check.NotApplicable: {"–", "does not apply", "none"},
	}[l]
}
