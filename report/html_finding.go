package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
)

// findingView is one finding, or several that say the same.
type findingView struct {
	ID      string
	Same    labelled // the ID and the server of another finding that says the same
	AllSame bool     // and has the same lines, so that its title leads there
	Mark    markView
	Titles  []labelled // check and title
	Ended   string     // of an acceptance that ran out
	Text    string
	Also    string // checks that the same cure cures
	Seen    []seenView
	From    string // the observations that show it
	Clauses []refView
	Refs    []refView
	Fix     *fixView
}

// seenView is what was seen, and the names that decided.
type seenView struct {
	Text  string
	Names []string
	More  int // names beyond these
}

// Short is all that is told of a finding whose text and cure are told elsewhere.
func (v findingView) Short() string {
	var parts []string
	for _, s := range v.Seen {
		parts = append(parts, s.short())
	}
	if v.Also != "" {
		parts = append(parts, "also the cause of "+v.Also)
	}
	if v.Ended != "" {
		parts = append(parts, "this "+v.Ended)
	}
	return strings.Join(parts, "; ")
}

// short is the text with the first of the names.
func (v seenView) short() string {
	n := min(len(v.Names), fewSeen)
	if n == 0 {
		return v.Text
	}
	text := v.Text + ": " + strings.Join(v.Names[:n], ", ")
	if more := len(v.Names) - n + v.More; more > 0 {
		text += " and " + plural(more, "other")
	}
	return text
}

// refView is a document, and where it is to be had, if that is known.
type refView struct{ Text, URL string }

func findingViewOf(b block) findingView {
	v := findingView{Mark: markOf(b.found[0].Level), Also: strings.Join(b.also, ", "), Ended: acceptanceText(b.found[0])}
	v.Text = strings.TrimSpace(b.checks[0].Text + " " + Escape(b.found[0].Why))
	var clauses, refs, from []string
	for i, c := range b.checks {
		f := b.found[i]
		v.Titles = append(v.Titles, labelled{c.ID, c.Title})
		if !tells(c.Title, f) {
			v.Seen = append(v.Seen, seenOf(f))
		}
		from = union(from, f.From)
		clauses, refs = append(clauses, f.Clause), union(refs, c.Refs)
	}
	v.Clauses = clauseRefs(clauses)
	if len(from) > 0 {
		v.From = namesText(from)
	}
	for _, r := range refs {
		if ref := (refView{r, RefURL(r)}); !slices.Contains(v.Clauses, ref) {
			v.Refs = append(v.Refs, ref)
		}
	}
	return v
}

func union(a, b []string) []string {
	for _, s := range b {
		if s != "" && !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// maxNames is how many names of one finding the page lists.
const maxNames = 60

func seenOf(f check.Finding) seenView {
	v := seenView{Text: Escape(f.Message)}
	names := slices.DeleteFunc(slices.Clone(f.Seen), func(s string) bool { return strings.Contains(f.Message, s) })
	if n := len(names) - maxNames; n > 0 {
		names, v.More = names[:maxNames], n
	}
	for _, n := range names {
		v.Names = append(v.Names, Escape(n))
	}
	return v
}

// RefURL is where a document named as in "RFC 8996, Section 4" or "CVE-2014-3566" is to be had, or "".
func RefURL(ref string) string {
	if number, ok := strings.CutPrefix(ref, "RFC "); ok {
		number, section, _ := strings.Cut(number, ", Section ")
		if number == "" || strings.Trim(number, "0123456789") != "" {
			return ""
		}
		url := "https://www.rfc-editor.org/rfc/rfc" + number
		if section != "" && strings.Trim(section, "0123456789.") == "" {
			url += "#section-" + section
		}
		return url
	}
	if number, ok := strings.CutPrefix(ref, "CVE-"); ok && strings.Trim(number, "0123456789-") == "" {
		return "https://www.cve.org/CVERecord?id=" + ref
	}
	return ""
}

// namesText lists names, each escaped on its own, since Escape cuts what is long.
func namesText(list []string) string {
	out := make([]string, 0, min(len(list), maxNames))
	for i, n := range list {
		if i == maxNames {
			return strings.Join(out, ", ") + " and " + plural(len(list)-maxNames, "other")
		}
		out = append(out, Escape(n))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
