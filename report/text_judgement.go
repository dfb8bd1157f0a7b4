package report

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// promises writes the table that answers "am I safe?".
func (p *page) promises(e Endpoint) {
	p.blank()
	p.line(p.style(bold, "What a mail server owes its users"))
	for _, row := range promises() {
		if !row.told(e) {
			continue
		}
		level, text := row.keptBy(e)
		t := toneOf(level)
		if level == check.Pass {
			t = dim
		}
		label := row.label + strings.Repeat(" ", promiseWidth-len(row.label)) + p.mark(level)
		indent := promiseWidth + p.markWidth() + 1
		p.hang(2, label, indent, t, p.brief(level, p.escape(text), p.width-2-indent))
	}
}

// encryption answers for the first promise where the checks of STARTTLS have nothing to say: on ports that are TLS from
// the start, and where STARTTLS leads to a TLS that accepts no version.
func encryption(e Endpoint, level check.Level, text string) (check.Level, string) {
	versions := e.Facts.Versions
	implicit := e.Facts.STARTTLS.State == evidence.Inapplicable && level == check.NotApplicable
	switch {
	case versions.State == evidence.Known && len(versions.Value) == 0 && level < check.Warn:
		return check.Fail, "no version of TLS is accepted"
	case implicit && len(versions.Value) > 0:
		return check.Pass, ""
	case implicit && versions.State == evidence.Unknown:
		return check.Undecided, "not known: " + versions.Why
	}
	return level, text
}

// brief shortens text to width columns, unless all is wanted; a reason for not knowing is told further down in any case.
func (p *page) brief(level check.Level, text string, width int) string {
	if level == check.Undecided && lipgloss.Width(text) > width {
		return "not known, see below"
	}
	if before, unasked, ok := strings.Cut(text, notAsked); ok && !p.opt.Verbose && lipgloss.Width(text) > width {
		tail := fmt.Sprintf("%d not asked", 1+strings.Count(unasked, ", "))
		return strings.TrimLeft(p.clip(strings.TrimSuffix(before, "; "), width-len("; ")-len(tail))+"; "+tail, "; ")
	}
	return p.clip(text, width)
}

// promiseWidth is the width of the column with the promises.
const promiseWidth = 35

// clip shortens text to width columns, unless all is wanted.
func (p *page) clip(text string, width int) string {
	if p.opt.Verbose || lipgloss.Width(text) <= width {
		return text
	}
	return strings.TrimRight(cut(text, width-3), " ,") + "..."
}

// block is one finding, or several that say the same.
type block struct {
	checks []check.Check
	found  []check.Finding
	also   []string // checks that the same cure cures
}

// findings writes what is wrong, worst first, then what is not known, which weighs as much.
func (p *page) findings(e Endpoint) {
	for _, b := range blocks(e.Findings) {
		p.blank()
		p.finding(b)
	}
	p.noted(e)
	p.unrecognised(e)
	p.unknown(e)
	p.accepted(e)
	if p.opt.Verbose {
		p.fine(e)
		p.tried(e)
	}
}

// blocks puts findings that say the same together, and those with a cause that is told anyway under their cause. Those that
// are accepted are left out.
func blocks(findings []check.Finding) []block {
	return blocksOf(slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool { return f.Accepted != nil }))
}

// acceptedBlocks are those of findings that are accepted.
func acceptedBlocks(findings []check.Finding) []block {
	return blocksOf(slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool { return f.Accepted == nil }))
}

func blocksOf(findings []check.Finding) []block {
	var out []block
	for _, level := range []check.Level{check.Fail, check.Warn} {
		for _, f := range findings {
			c, ok := check.ByID(f.Check)
			if f.Level != level || !ok {
				continue
			}
			if i := slices.IndexFunc(out, func(b block) bool { return b.causes(c) && sameWord(b.found[0], f) }); i >= 0 {
				out[i].also = append(out[i].also, c.ID)
			} else if i := slices.IndexFunc(out, func(b block) bool { return b.says(c, f) }); i >= 0 {
				out[i].checks, out[i].found = append(out[i].checks, c), append(out[i].found, f)
			} else {
				out = append(out, block{checks: []check.Check{c}, found: []check.Finding{f}})
			}
		}
	}
	return out
}

// causes reports whether the block tells the cause of what c finds.
func (b block) causes(c check.Check) bool {
	return slices.ContainsFunc(b.checks, func(x check.Check) bool { return slices.Contains(c.Cause, x.ID) })
}

// says reports whether the block says all that is to be said about f.
func (b block) says(c check.Check, f check.Finding) bool {
	return b.checks[0].Text == c.Text && b.found[0].Level == f.Level && b.found[0].Why == f.Why && sameWord(b.found[0], f)
}

func (p *page) finding(b block) {
	indent := p.markWidth()
	var seen, clauses []string
	for i, c := range b.checks {
		f := b.found[i]
		mark := p.mark(f.Level)
		p.ends(mark+strings.Repeat(" ", indent-lipgloss.Width(mark))+p.style(bold, c.Title), p.style(dim, c.ID))
		if p.opt.Verbose || !tells(c.Title, f) {
			seen = append(seen, p.seen(f))
		}
		clauses = append(clauses, f.Clause)
	}
	if ended := acceptanceText(b.found[0]); ended != "" {
		p.hang(indent, "", 0, warning, "This "+p.escape(ended))
	}
	p.hang(indent, "", 0, normal, strings.TrimSpace(b.checks[0].Text+" "+b.found[0].Why))
	p.cure(b)
	if len(b.also) > 0 {
		p.hang(indent, p.style(dim, "Also"), 6, normal, "the cause of "+strings.Join(b.also, ", "))
	}
	if len(seen) > 0 {
		p.hang(indent, p.style(dim, "Seen"), 6, normal, strings.Join(seen, "; "))
	}
	p.hang(indent, p.style(dim, "See"), 6, dim, joinClauses(clauses))
}

// noted writes what is no more than a note on this port, and yet keeps the grade down.
func (p *page) noted(e Endpoint) {
	for _, f := range e.Findings {
		c, ok := check.ByID(f.Check)
		if !f.Note || f.Cap == "" || !ok {
			continue
		}
		p.blank()
		mark := p.mark(check.NotApplicable)
		p.ends(mark+strings.Repeat(" ", p.markWidth()-lipgloss.Width(mark))+c.Title, p.style(dim, c.ID))
		p.hang(p.markWidth(), "", 0, normal, "Nothing to change on this port, but with it the grade is no better than "+string(f.Cap)+".")
		p.hang(p.markWidth(), p.style(dim, "Seen"), 6, normal, p.seen(f))
		p.hang(p.markWidth(), p.style(dim, "See"), 6, dim, joinClauses([]string{f.Clause}))
	}
}

// tells reports whether a title says all that a finding does.
func tells(title string, f check.Finding) bool {
	return len(f.Seen) == 1 && strings.Contains(title, f.Seen[0])
}

// fewSeen is how many names a finding shows unless all are wanted.
const fewSeen = 3

// seen tells what was seen, with the names that decided unless they only repeat it.
func (p *page) seen(f check.Finding) string {
	text := p.escape(f.Message)
	names := slices.DeleteFunc(slices.Clone(f.Seen), func(s string) bool { return strings.Contains(f.Message, s) })
	from := ""
	if p.opt.Verbose && len(f.From) > 0 {
		from = " (in " + p.escape(strings.Join(f.From[:min(len(f.From), 4)], ", ")) + ")"
	}
	if len(names) == 0 {
		return text + from
	}
	more := ""
	if n := len(names) - fewSeen; n > 0 && !p.opt.Verbose {
		names, more = names[:fewSeen], " and "+plural(n, "other")
	}
	for i := range names {
		names[i] = p.escape(names[i])
	}
	return text + ": " + strings.Join(names, ", ") + more + from
}

// unknown writes the checks that were not decided, by reason.
func (p *page) unknown(e Endpoint) {
	var why []string
	open := make(map[string][]string)
	for _, f := range e.Findings {
		if f.Level != check.Undecided {
			continue
		}
		if open[f.Message] == nil {
			why = append(why, f.Message)
		}
		open[f.Message] = append(open[f.Message], f.Check)
	}
	for i, reason := range why {
		p.blank()
		p.told[reason] = true
		p.hang(0, p.mark(check.Undecided), p.markWidth(), bold, "Not known: "+p.open(open[reason], len(e.Findings)))
		p.hang(p.markWidth(), "", 0, normal, "Because: "+p.escape(reason))
		if i == len(why)-1 {
			p.advice(e)
		}
	}
}

// fewOpen is how many checks that are open are named.
const fewOpen = 8

// open names checks, or tells how many of all they are.
func (p *page) open(ids []string, all int) string {
	if len(ids) > fewOpen && !p.opt.Verbose {
		return fmt.Sprintf("%d of %d checks (-v names them)", len(ids), all)
	}
	return strings.Join(ids, ", ")
}

// ended tells why a scan stopped, unless that is what kept something from being known, or the finding that there is no
// STARTTLS, after which there is nothing left to ask.
func (p *page) ended(e Endpoint) {
	starttls := e.Facts.STARTTLS
	refused := starttls.State == evidence.Known && !starttls.Value.Offered && !starttls.Value.Masked
	if e.Ended == "" || p.told[e.Ended] || refused {
		return
	}
	p.told[e.Ended] = true
	p.blank()
	p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, "The scan stopped early: "+p.escape(e.Ended))
}

// fine writes what passed, and what has no meaning here.
func (p *page) fine(e Endpoint) {
	if !slices.ContainsFunc(e.Findings, func(f check.Finding) bool { return f.Level == check.Pass || f.Level == check.NotApplicable }) {
		return
	}
	p.blank()
	p.line(p.style(bold, "Fine"))
	for _, f := range e.Findings {
		if f.Level != check.Pass && f.Level != check.NotApplicable {
			continue
		}
		label := p.mark(f.Level) + strings.Repeat(" ", p.markWidth()-lipgloss.Width(p.mark(f.Level))) + f.Check
		p.hang(2, label, 27+p.markWidth(), dim, p.escape(f.Message))
	}
}
