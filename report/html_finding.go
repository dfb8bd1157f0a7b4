package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// findingView is one finding, or several that say the same.
type findingView struct {
	ID      string
	Same    labelled // the ID and the server of another finding that says the same
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
	v.Clauses, v.From = clauseRefs(clauses), namesText(from)
	for _, r := range refs {
		if ref := (refView{r, refURL(r)}); !slices.Contains(v.Clauses, ref) {
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

// refURL is where a document named as in "RFC 8996, Section 4" or "CVE-2014-3566" is to be had, or "".
func refURL(ref string) string {
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

// certificateView is one chain that the server shows.
type certificateView struct {
	Owner string
	Rows  []labelled
}

func certificateViewOf(e Endpoint, chain evidence.Chain) certificateView {
	if len(chain.Certificates) == 0 {
		return certificateView{Owner: "an empty chain"}
	}
	c := e.Blobs.Certificates[chain.Certificates[0]]
	if c == nil {
		return certificateView{Owner: Escape(chain.Certificates[0])}
	}
	v := certificateView{Owner: Escape(owner(c))}
	row := func(label, text string) {
		if text != "" {
			v.Rows = append(v.Rows, labelled{label, Escape(text)})
		}
	}
	row("Key", key(c.PublicKey))
	row("Signature", c.Signature.Name)
	row("Valid", validity(e, c))
	row("Issuer", strings.TrimSpace(c.Issuer.Organization+" "+c.Issuer.CommonName))
	if chain.Trust != nil {
		row("Trusted root", chain.Trust.RootDN)
	}
	row("Chain", plural(len(chain.Certificates), "certificate"))
	row("Shown in", strings.Join(names(chain.Versions), ", "))
	if !chain.WithSNI && chain.WithoutSNI {
		row("Shown to", "clients that name no server")
	}
	v.Rows = append(v.Rows, labelled{"Names", namesText(c.Names.DNS)})
	row("Problems", strings.Join(c.Problems, "; "))
	row("SHA-256", c.SHA256)
	return v
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
