package report

import "strings"

// acceptedView is what is wrong and accepted.
type acceptedView struct {
	Mark   markView
	At     string     // of several endpoints
	Titles []labelled // check and title
	Text   string     // until when, and why
	Also   string
}

func acceptedOf(e Endpoint) []acceptedView {
	var out []acceptedView
	for _, b := range acceptedBlocks(e.Findings) {
		v := acceptedView{Mark: markOf(b.found[0].Level), Text: acceptanceText(b.found[0]), Also: strings.Join(b.also, ", ")}
		for _, c := range b.checks {
			v.Titles = append(v.Titles, labelled{c.ID, c.Title})
		}
		out = append(out, v)
	}
	return out
}
