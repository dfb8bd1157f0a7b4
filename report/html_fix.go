package report

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/fix"
)

// fixView is what makes a finding go away.
type fixView struct {
	At              string   // which of several endpoints it is for, if not all
	For, Same       string   // the software; or the check with the same lines
	Elsewhere       labelled // instead of the lines: the ID and the server of another finding that has them
	Parts           []fixPart
	Notes, Warnings []string
}

type fixPart struct{ Head, Lines string }

// fixViewOf returns nil if nothing is known that helps; see cureOf.
func fixViewOf(b block, g fix.Guess, given map[string]string) *fixView {
	c, ok := cureOf(b, g, given)
	if !ok {
		return nil
	}
	return viewOf(c)
}

func viewOf(c cure) *fixView {
	v := &fixView{For: Escape(c.software) + ":", Same: c.same}
	if c.first != "" {
		v.For = escapeWords(c.first, Escape)
	}
	for _, n := range c.notes {
		v.Notes = append(v.Notes, escapeWords(n, Escape))
	}
	for _, w := range c.warnings {
		v.Warnings = append(v.Warnings, escapeWords(w, Escape))
	}
	for _, p := range c.parts {
		if len(p.lines) > 0 {
			v.Parts = append(v.Parts, fixPart{Escape(p.head), strings.Join(p.lines, "\n")})
		}
	}
	return v
}

// key is the same for cures that are the same; here has those of checks of the same server.
func (v *fixView) key(here map[string]string) string {
	switch {
	case v == nil:
		return ""
	case v.Same != "":
		return here[v.Same]
	}
	return fmt.Sprint(v.For, v.Parts, v.Notes, v.Warnings)
}

// share replaces lines that were printed for another server, by a link to them.
func (v *fixView) share(first map[string]labelled, key string, here labelled) {
	if v == nil || len(v.Parts) == 0 {
		return
	}
	if other, ok := first[key]; ok {
		v.Elsewhere, v.Parts, v.Notes, v.Warnings = other, nil, nil, nil
	} else {
		first[key] = here
	}
}
