package report

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/policy"
)

// page collects lines of text of a limited width.
type page struct {
	b     strings.Builder
	opt   TextOptions
	width int
	told  map[string]bool // reasons that the page gives already
	mail  *policy.Policy  // that suites are marked by

	clients []client.Profile  // whose handshakes are simulated
	guess   fix.Guess         // which software it is about
	cured   map[string]string // lines that the page has already, and the check they were given for
}

// tone is what a piece of text means. Colour is for judgement alone.
type tone uint8

const (
	normal tone = iota
	bold
	dim
	good
	warning
	bad
)

// style returns s in the colour of its tone, if colour is wanted.
func (p *page) style(t tone, s string) string {
	if !p.opt.Color || s == "" {
		return s
	}
	st := lipgloss.NewStyle()
	switch t {
	case normal:
		return s
	case bold:
		st = st.Bold(true)
	case dim:
		st = st.Faint(true)
	default:
		st = st.Foreground(map[tone]color.Color{good: lipgloss.Green, warning: lipgloss.Yellow, bad: lipgloss.Red}[t])
	}
	return st.Render(s)
}

// escape makes text of a server safe to print.
func (p *page) escape(s string) string {
	if p.opt.Plain {
		return EscapeASCII(s)
	}
	return Escape(s)
}

// dot separates short pieces of a line.
func (p *page) dot() string {
	if p.opt.Plain {
		return ", "
	}
	return " · "
}

// line writes one line as it is.
func (p *page) line(s string) {
	p.b.WriteString(strings.TrimRight(s, " "))
	p.b.WriteByte('\n')
}

// blank writes an empty line.
func (p *page) blank() { p.line("") }

// ends writes left and right at the two ends of a line, or on two lines if one is too short.
func (p *page) ends(left, right string) {
	gap := p.width - lipgloss.Width(left) - lipgloss.Width(right)
	if gap < 2 {
		p.line(left)
		gap = p.width - lipgloss.Width(right)
		left = ""
	}
	p.line(left + strings.Repeat(" ", max(gap, 0)) + right)
}

// hang writes text wrapped beside a label of labelWidth columns, with indent columns before both. The label may be styled.
func (p *page) hang(indent int, label string, labelWidth int, t tone, text string) {
	first := strings.Repeat(" ", indent) + label + strings.Repeat(" ", max(labelWidth-lipgloss.Width(label), 0))
	rest := strings.Repeat(" ", indent+labelWidth)
	lines := wrap(text, p.width-indent-labelWidth)
	if len(lines) == 0 {
		p.line(first)
	}
	for i, l := range lines {
		if i == 0 {
			p.line(first + p.style(t, l))
		} else {
			p.line(rest + p.style(t, l))
		}
	}
}

// wrap splits text at spaces into lines of at most width columns; a word that is longer is cut, for it may come from a
// server.
func wrap(text string, width int) []string {
	width = max(width, 16)
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for lipgloss.Width(word) > width {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			head := cut(word, width)
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// cut returns the longest beginning of word that fits in width columns, but at least one character.
func cut(word string, width int) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if i > 0 && lipgloss.Width(word[:next]) > width {
			break
		}
		end = next
	}
	return word[:end]
}
