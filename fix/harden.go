package fix

import (
	"fmt"
	"slices"
	"strings"
)

// width is how wide the comments of a configuration get.
const width = 78

// Harden returns a whole commented configuration of s, for version, or for all that are known if that is empty. Where
// versions or builds differ and it is not known which it is, the form that was tried is set, else the first, and the others are comments.
func (s Software) Harden(version string) string {
	p := printer{comment: s.Comment, single: s.Edit != ""}
	g := Guess{Software: s.Name, Version: version}
	title := s.Title
	if version != "" {
		title += " " + version
	}
	p.say(title + ": TLS as the policy mail asks for it. Goes into " + s.File + ".")
	p.say(s.Tried.sentence())
	p.say("Put your own name and files where " + anyName + " stands.")
	p.settings(s, s.Settings, g)
	return p.b.String()
}

type printer struct {
	b       strings.Builder
	comment string
	single  bool     // lines do not depend on those around them
	given   []string // commands, and lines of that kind, that are printed already
}

// settings prints what a configuration of s consists of, and what is to be done then.
func (p *printer) settings(s Software, settings []Setting, g Guess) {
	p.lines(s.Head)
	for _, x := range settings {
		p.setting(s, x, g)
	}
	p.lines(s.Tail)
	if len(s.After) > 0 {
		p.blank()
		p.say("Then:")
		p.quote(s.After)
	}
}

func (p *printer) setting(s Software, x Setting, g Guess) {
	forms := s.forms(x, g)
	if len(forms) == 0 {
		return
	}
	p.blank()
	p.say(strings.TrimRight(x.Title, ".") + "." + cures(x))
	if x.Cuts {
		p.say("Old clients can no longer connect. " + fallback)
	}
	if x.Note != "" {
		p.say(x.Note)
	}
	set := false
	for _, f := range forms {
		f, again := p.fresh(f)
		if again {
			p.say("What is above does it.")
			continue
		}
		label := ""
		if !f.always(g) {
			label = f.label(s.Title)
		}
		if s.Tried.How != Untried && !s.Tried.has(f) {
			label = strings.TrimPrefix(label+", "+notTried, ", ")
		}
		if label != "" {
			p.say(upper(label) + ":")
		}
		if len(f.Run) > 0 {
			p.say("Run:")
			p.quote(f.Run)
		}
		if set {
			p.quote(f.Lines)
		} else {
			p.lines(f.Lines)
		}
		set = set || len(f.Lines) > 0
	}
}

// forms returns the forms of x to print, the one that is set first: one that was tried, if there is any.
func (s Software) forms(x Setting, g Guess) []Form {
	forms := x.forms(g)
	slices.SortStableFunc(forms, func(a, b Form) int { return s.Tried.order(a) - s.Tried.order(b) })
	return forms
}

// fresh returns a form without what is printed already for every version and build, and whether that is all there is to it.
func (p *printer) fresh(f Form) (out Form, again bool) {
	forAll := f.Since == "" && f.Until == "" && f.Build == ""
	out = f
	out.Run = p.notGiven(f.Run, forAll)
	if p.single {
		out.Lines = p.notGiven(f.Lines, forAll)
	}
	return out, len(f.Run)+len(f.Lines) > 0 && len(out.Run)+len(out.Lines) == 0
}

// notGiven returns those lines that are not printed yet, and remembers them if they are for all.
func (p *printer) notGiven(lines []string, forAll bool) []string {
	var out []string
	for _, l := range lines {
		if !slices.Contains(p.given, l) {
			out = append(out, l)
		}
	}
	if forAll {
		p.given = append(p.given, out...)
	}
	return out
}

// upper returns a label as the beginning of a sentence.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func cures(x Setting) string {
	if len(x.Cures) == 0 {
		return ""
	}
	return " (" + strings.Join(x.Cures, ", ") + ")"
}

func (p *printer) blank() { p.b.WriteByte('\n') }

// say writes a comment.
func (p *printer) say(text string) {
	line := p.comment
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != p.comment {
			fmt.Fprintln(&p.b, line)
			line = p.comment
		}
		line += " " + word
	}
	fmt.Fprintln(&p.b, line)
}

// quote writes lines as comments, whole, so that they can be copied.
func (p *printer) quote(lines []string) {
	for _, l := range lines {
		fmt.Fprintf(&p.b, "%s     %s\n", p.comment, l)
	}
}

func (p *printer) lines(lines []string) {
	for _, l := range lines {
		fmt.Fprintln(&p.b, l)
	}
}
