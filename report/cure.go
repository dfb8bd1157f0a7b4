package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
)

// A cure is what makes a block's findings go away. Its text is not escaped.
type cure struct {
	software string // which it is for, how sure that is, and whether we tried it
	same     string // the check that has the same lines, which are then not here
	first    string // what to do before the lines, where that takes none
	parts    []curePart
	notes    []string
	warnings []string
}

// curePart is lines that can be copied in one piece.
type curePart struct {
	head  string // where they belong, and for which versions; empty if they are commands for all and nothing else stands before them
	file  bool   // they belong into a file
	lines []string
}

// cureOf returns the cure of b for a server that seems to be g; false if none is known. given has the lines that the report
// has already, with the check they were for.
func cureOf(b block, g fix.Guess, given map[string]string) (cure, bool) {
	return cureBy(stepsOf(b.found, func(f check.Finding) []fix.Step { return fix.Advice(f, g) }), g, softwareOf(g), b.checks[0].ID, given)
}

// domainCureOf is cureOf for what is wrong with a domain as such; own are its endpoints.
func domainCureOf(b block, d Domain, own []Endpoint, given map[string]string) (cure, bool) {
	endpoints := make([]*evidence.Endpoint, len(own))
	for i, e := range own {
		endpoints[i] = e.Endpoint
	}
	steps := stepsOf(b.found, func(f check.Finding) []fix.Step { return fix.DomainAdvice(f, d.Domain, endpoints) })
	return cureBy(steps, fix.Guess{}, "from what was seen", b.checks[0].ID, given)
}

// cureBy is the cure that steps are, for a server that seems to be g or, by the zero value, for a domain; id is the check that they are for.
func cureBy(steps []fix.Step, g fix.Guess, software, id string, given map[string]string) (cure, bool) {
	if len(steps) == 0 {
		return cure{}, false
	}
	if key := linesOf(steps); key != "" {
		if before, ok := given[key]; ok {
			return cure{same: before}, true
		}
		given[key] = id
	}
	c := cure{software: software}
	var always []string
	for _, s := range steps {
		part := curePart{head: headOf(s), file: s.Where != ""}
		for _, l := range s.Lines {
			if s.Where != "" || !slices.Contains(always, l) {
				part.lines = append(part.lines, l)
			}
		}
		if len(part.lines) > 0 {
			if part.head == "" {
				always = append(always, part.lines...)
				part.head = c.afterHead(s, g)
			}
			c.add(part)
		} else if len(c.parts) == 0 && c.first == "" {
			c.first = s.Note
			continue
		}
		c.notes, c.warnings = addText(c.notes, s.Note), addText(c.warnings, s.Warning)
	}
	return c, true
}

// add appends lines, to those before where they belong there as well.
func (c *cure) add(part curePart) {
	if last := len(c.parts) - 1; last >= 0 && part.file && c.parts[last].file && c.parts[last].head == part.head {
		c.parts[last].lines = append(c.parts[last].lines, part.lines...)
		return
	}
	c.parts = append(c.parts, part)
}

// escapeWords makes our own words harmless that have foreign ones among them, each of which is cut if it is long.
func escapeWords(s string, esc func(string) string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		words[i] = esc(w)
	}
	return strings.Join(words, " ")
}

// afterHead is the head of a step that has none of its own: without one it would be read as part of the step before it.
func (c *cure) afterHead(s fix.Step, g fix.Guess) string {
	if len(c.parts) == 0 {
		return ""
	}
	last := c.parts[len(c.parts)-1]
	software, _ := fix.Named(g.Software)
	switch {
	case last.head == "", last.head == anyVersion:
		return ""
	case last.file, slices.Equal(s.Lines, software.After):
		return "then"
	}
	return anyVersion
}

// anyVersion is the head of lines for all versions behind such as are for some.
const anyVersion = "any version"

// helpless reports whether something is wrong with e and its software is not known.
func helpless(e Endpoint, g fix.Guess) bool {
	return g.Software == "" && slices.ContainsFunc(e.Findings, func(f check.Finding) bool { return f.Level >= check.Warn })
}

// headOf is the line before a step's lines.
func headOf(s fix.Step) string {
	switch {
	case s.For != "" && s.Where != "":
		return s.For + ", in " + s.Where
	case s.Where != "":
		return "in " + s.Where
	}
	return s.For
}

// stepsOf are those that advice gives on all findings, each once, and the commands that end them at the end.
func stepsOf(found []check.Finding, advice func(check.Finding) []fix.Step) []fix.Step {
	var out []fix.Step
	for _, f := range found {
		for _, s := range advice(f) {
			same := func(x fix.Step) bool {
				return len(x.Lines) > 0 && slices.Equal(x.Lines, s.Lines) && x.Where == s.Where && x.For == s.For
			}
			if i := slices.IndexFunc(out, same); i >= 0 {
				out = slices.Delete(out, i, i+1)
			}
			out = append(out, s)
		}
	}
	return out
}

// softwareOf names what the lines are for, how sure that is, and whether we tried them.
func softwareOf(g fix.Guess) string {
	s, ok := fix.Named(g.Software)
	if !ok {
		return ""
	}
	name := strings.TrimSpace(s.Title + " " + g.Version)
	by := strings.Join(g.By, " and ")
	if n := len(g.By); n > 2 {
		by = strings.Join(g.By[:n-1], ", ") + " and " + g.By[n-1]
	}
	text := "for " + name + ", recognised by " + by
	switch g.Confidence {
	case fix.Claimed:
		text = "if this is " + name + ", as the greeting says"
	case fix.Likely:
		text = "for " + name + ", which this looks like by its " + by
	}
	if label := s.Tried.Label(); label != "" {
		text += " (" + label + ")"
	}
	return text
}

func linesOf(steps []fix.Step) string {
	var all []string
	for _, s := range steps {
		all = append(all, s.Lines...)
	}
	return strings.Join(all, "\n")
}

func addText(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
