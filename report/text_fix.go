package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/fix"
)

// cure writes the lines that make a block's findings go away. Lines that the page has already are not written again.
func (p *page) cure(b block) {
	steps := p.steps(b.found)
	if len(steps) == 0 {
		return
	}
	indent := p.markWidth()
	key := linesOf(steps)
	if before, ok := p.cured[key]; ok {
		p.hang(indent, p.style(dim, "Fix"), 6, normal, "the same lines as for "+before)
		return
	}
	p.cured[key] = b.checks[0].ID
	p.hang(indent, p.style(dim, "Fix"), 6, normal, p.software())
	var notes, warnings, commands []string
	for _, s := range steps {
		if head := strings.Join(slices.DeleteFunc([]string{s.For, s.Where}, func(t string) bool { return t == "" }), ", in "); head != "" {
			if s.For == "" {
				head = "in " + head
			}
			p.hang(indent+6, "", 0, normal, head+":")
		}
		for _, l := range s.Lines {
			if s.Where == "" && s.For == "" && slices.Contains(commands, l) {
				continue
			}
			commands = append(commands, l)
			p.line(strings.Repeat(" ", indent+8) + l)
		}
		notes, warnings = addText(notes, s.Note), addText(warnings, s.Warning)
	}
	for _, n := range notes {
		p.hang(indent+6, "", 0, dim, p.escape(n))
	}
	for _, w := range warnings {
		p.hang(indent, p.style(dim, "Mind"), 6, normal, w)
	}
}

// steps are those of all findings, each once, and the commands that end them at the end.
func (p *page) steps(found []check.Finding) []fix.Step {
	var out []fix.Step
	for _, f := range found {
		for _, s := range fix.Advice(f, p.guess) {
			same := func(x fix.Step) bool { return slices.Equal(x.Lines, s.Lines) && x.Where == s.Where && x.For == s.For }
			if i := slices.IndexFunc(out, same); i >= 0 {
				out = slices.Delete(out, i, i+1)
			}
			out = append(out, s)
		}
	}
	return out
}

// software names what the lines are for, and how sure that is.
func (p *page) software() string {
	s, ok := fix.Named(p.guess.Software)
	if !ok {
		return ""
	}
	name := strings.TrimSpace(s.Title + " " + p.guess.Version)
	by := strings.Join(p.guess.By, " and ")
	if n := len(p.guess.By); n > 2 {
		by = strings.Join(p.guess.By[:n-1], ", ") + " and " + p.guess.By[n-1]
	}
	text := "for " + name + ", recognised by " + by
	switch p.guess.Confidence {
	case fix.Claimed:
		text = "if this is " + name + ", as the greeting says"
	case fix.Likely:
		text = "for " + name + ", which this looks like by its " + by
	}
	if s.Tried == "" {
		text += " (not tried by us)"
	}
	return p.escape(text) + ":"
}

// unrecognised tells what to do where the software is not known but something is wrong.
func (p *page) unrecognised(e Endpoint) {
	wrong := slices.ContainsFunc(e.Findings, func(f check.Finding) bool { return f.Level >= check.Warn })
	if p.guess.Software != "" || !wrong {
		return
	}
	p.blank()
	p.hang(0, p.style(dim, "Fix"), 7, normal, "which software this is cannot be told from here. Its settings:")
	p.line("         mailtls harden SOFTWARE")
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
