package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/policy"
)

// TextOptions tell how to show a report as text. The zero value is 80 columns without colour.
type TextOptions struct {
	Width   int  // columns, at least 60; 0: 80
	Color   bool // judge by colour too
	Plain   bool // ASCII alone: ok, FAIL and ? instead of symbols
	Verbose bool // also what is fine, and every list whole
}

// WriteText writes the report for people: the verdict first, then what is owed and whether it is kept, then what is wrong
// and what is not known, then the facts in short.
func WriteText(w io.Writer, r *Report, opt TextOptions) error {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return fmt.Errorf("writing the report as text: %w", err)
	}
	clients, err := client.All()
	if err != nil {
		return fmt.Errorf("writing the report as text: %w", err)
	}
	p := &page{opt: opt, width: max(opt.Width, 60), mail: mail, clients: clients}
	if opt.Width == 0 {
		p.width = 80
	}
	p.domains(r)
	others := r.others()
	if len(others) > 1 {
		p.summary(others, r.notesHere())
	}
	for i, e := range others {
		if i > 0 {
			p.blank()
		}
		p.endpoint(e)
		p.about(r, e)
	}
	if len(others) == 1 && len(r.Domains) == 0 { // of several, the summary tells
		p.acceptanceNotes(r)
	}
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("writing the report as text: %w", err)
	}
	return nil
}

// summary writes a line per endpoint, for reports of more than one: a host may be there with several addresses or schemes.
func (p *page) summary(endpoints []Endpoint, notes []Note) {
	for _, e := range endpoints {
		which := strings.Join(append([]string{e.Target.Protocol}, p.address(e.Target)...), p.dot())
		p.ends(p.mark(levelOf(e.Verdict))+" "+p.escape(name(e.Target))+"  "+p.style(dim, which), p.style(toneOf(levelOf(e.Verdict)), outcome(e)))
	}
	p.notes(notes)
	p.blank()
	p.rule()
}

func (p *page) notes(list []Note) {
	for _, n := range list {
		p.blank()
		p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, p.escape(n.Text))
	}
}

// rule parts what is about different things.
func (p *page) rule() { p.line(strings.Repeat("-", p.width)) }

func (p *page) endpoint(e Endpoint) {
	p.header(e)
	if why, unreachable := unreachable(e); unreachable {
		p.blank()
		p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, "Nothing is known about this server: "+p.escape(why))
		if mayBeDown(why) {
			p.hang(p.markWidth(), "", 0, normal, downText)
		}
		p.blank()
		p.cost(e, 0)
		return
	}
	p.told = make(map[string]bool)
	p.guess, p.cured = fix.Recognise(e.Endpoint), make(map[string]string)
	p.promises(e)
	p.findings(e)
	p.cutOff(e)
	p.ended(e)
	p.picture(e)
	p.opinions(e)
	p.blank()
	p.grade(e)
}

// header tells what was scanned and the outcome, before anything else.
func (p *page) header(e Endpoint) {
	p.headline(p.escape(name(e.Target)), e.Verdict, outcome(e))
	parts := append([]string{service(e)}, p.address(e.Target)...)
	parts = append(parts, e.At.UTC().Format("2006-01-02 15:04 UTC"), seconds(e.Cost.Wall), connections(e.Cost.Connections))
	p.pieces(parts)
	if text := acceptedLine(e); text != "" {
		p.hang(0, "", 0, normal, text)
	}
	if text := e.partText(); text != "" {
		p.hang(0, "", 0, normal, p.escape(text))
	}
}

// headline writes what a part of the report is about, and the outcome.
func (p *page) headline(about string, v Verdict, outcome string) {
	right := p.style(toneOf(levelOf(v)), outcome)
	if lipgloss.Width(about)+2+lipgloss.Width(outcome) <= p.width {
		p.ends(p.style(bold, about), right)
		return
	}
	p.hang(0, "", 0, bold, about)
	p.ends("", right)
}

// listed writes a line of a list with the outcome at its end, in several lines if one is too short. label may be styled.
func (p *page) listed(indent int, label string, width int, text, right string) {
	if line := strings.Repeat(" ", indent) + p.pad(label, width) + text; lipgloss.Width(line)+2+lipgloss.Width(right) <= p.width {
		p.ends(line, right)
		return
	}
	p.hang(indent, label, width, normal, text)
	p.ends("", right)
}

// pieces writes short texts with dots between, as many in a line as it has room for.
func (p *page) pieces(parts []string) {
	line := ""
	for _, part := range parts {
		switch {
		case line == "":
			line = part
		case lipgloss.Width(line+p.dot()+part) <= p.width:
			line += p.dot() + part
		default:
			p.hang(0, "", 0, dim, line)
			line = part
		}
	}
	p.hang(0, "", 0, dim, line)
}

// address is the address that was dialled, if the target does not say it.
func (p *page) address(t evidence.Target) []string {
	if t.Address == "" || t.Address == t.Host {
		return nil
	}
	return []string{p.escape(t.Address)}
}

func connections(n int) string {
	if n == 0 {
		return "no connection"
	}
	return plural(n, "connection")
}

// grade tells what keeps the grade down, and by which opinion.
func (p *page) grade(e Endpoint) {
	var parts []string
	for _, g := range slices.Backward(policy.Grades()) {
		var checks []string
		for _, c := range e.Caps {
			if c.Grade == g {
				checks = append(checks, c.Check)
			}
		}
		if len(checks) > 0 {
			parts = append(parts, fmt.Sprintf("no better than %s with %s", g, strings.Join(checks, ", ")))
		}
	}
	if len(parts) > 0 {
		p.hang(0, p.style(dim, "Grade"), 7, dim, strings.Join(parts, "; "))
	}
	if text := e.notTriedText(p.opt.Verbose); text != "" {
		p.hang(0, p.style(dim, "Not tried"), 10, dim, p.escape(text))
	}
	p.hang(0, p.style(dim, "Judged"), 7, dim, p.judgedBy(e.Judged))
}

// unreachable returns why nothing is known about a server at all.
func unreachable(e Endpoint) (string, bool) {
	f := e.Facts.Reachable
	if evidence.Is(f) == evidence.Yes || f.State == evidence.NotSought {
		return "", false
	}
	if f.Why == "" {
		return "it does not answer", true
	}
	return f.Why, true
}

// downText is what to look at where mayBeDown says so of why, the reason of a server that was not reached.
const downText = "Does the server run, is it the right port, and does no firewall stand between?"

func mayBeDown(why string) bool { return strings.Contains(why, "refused") || silence(why) }

// outcome is the verdict with the grade or its bound.
func outcome(e Endpoint) string {
	s := strings.ToUpper(e.Verdict.String())
	switch _, lost := unreachable(e); {
	case lost:
		return s
	case e.Grade != "":
		return s + "   grade " + string(e.Grade)
	case e.AtBest == "A+":
		return s + "   no grade"
	}
	return s + "   grade " + string(e.AtBest) + " at best"
}

// name is the host and port as one would write them to connect.
func name(t evidence.Target) string {
	if strings.Contains(t.Host, ":") {
		return fmt.Sprintf("[%s]:%d", t.Host, t.Port)
	}
	return fmt.Sprintf("%s:%d", t.Host, t.Port)
}

// service is the protocol, and how TLS comes into it.
func service(e Endpoint) string {
	switch f := e.Facts.STARTTLS; {
	case f.State == evidence.Inapplicable:
		return e.Target.Protocol + " with implicit TLS"
	case f.Seen() && f.Value.Works:
		return e.Target.Protocol + " with STARTTLS"
	}
	return e.Target.Protocol
}

func roleText(r policy.Role) string {
	if r == policy.Relay {
		return "a relay, to which senders come unasked"
	}
	return "a service that users log in to"
}

// levelOf is the level that looks like a verdict.
func levelOf(v Verdict) check.Level {
	return [...]check.Level{check.Undecided, check.Pass, check.Warn, check.Fail}[min(v, Fail)]
}

func toneOf(l check.Level) tone {
	return map[check.Level]tone{check.Pass: good, check.Warn: warning, check.Undecided: warning, check.Fail: bad, check.NotApplicable: dim}[l]
}

// short is the symbol of a level without space after it.
func (p *page) short(l check.Level) string { return p.style(toneOf(l), strings.TrimSpace(p.symbol(l))) }

// mark is the symbol of a level, as wide for all.
func (p *page) mark(l check.Level) string { return p.style(toneOf(l), p.symbol(l)) }

func (p *page) symbol(l check.Level) string {
	symbols := map[check.Level]string{check.Pass: "✓", check.Warn: "!", check.Fail: "✗", check.Undecided: "?", check.NotApplicable: "-"}
	if p.opt.Plain {
		symbols = map[check.Level]string{check.Pass: "ok  ", check.Warn: "warn", check.Fail: "FAIL", check.Undecided: "?   ", check.NotApplicable: "-   "}
	}
	return symbols[l]
}

// markWidth is how much room a mark and the space after it take.
func (p *page) markWidth() int {
	if p.opt.Plain {
		return 5
	}
	return 2
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
