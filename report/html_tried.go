package report

import (
	"strings"

	"github.com/mailtls/mailtls/check"
)

// triedView is tried for the page.
type triedView struct {
	Mark markView
	ID   string
	Rows []labelled
}

// triedViewsOf leaves out what came to nothing, unless all is wanted.
func triedViewsOf(e Endpoint, all bool) []triedView {
	var out []triedView
	for _, t := range triedIn(e) {
		if t.Level == check.Pass && !all {
			continue
		}
		v := triedView{Mark: markOf(t.Level), ID: t.Check}
		for _, x := range t.Trials {
			back := make([]string, len(x.Back))
			for i, s := range x.Back {
				back[i] = Escape(s)
			}
			v.Rows = append(v.Rows, labelled{Escape(x.What), "sent " + x.Sent + "; back came " + strings.Join(back, ", ")})
		}
		if t.More > 0 {
			v.Rows = append(v.Rows, labelled{"and more", plural(t.More, "connection")})
		}
		out = append(out, v)
	}
	return out
}
