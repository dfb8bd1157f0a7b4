package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/report"
)

// Message is what people are told: a line, and plain text. Neither has a character that is not printed, but for line ends in Body.
type Message struct {
	Subject string
	Body    string
}

// Links are where people find more. Those that are empty are left out.
type Links struct {
	Report  string // of the look that saw the changes
	Diff    string // between the look before and that one
	Monitor string // what was asked to be told
}

// maxSubject is how long a subject may be, in characters, and maxTold how many changes a message lists.
const (
	maxSubject = 140
	maxTold    = 25
)

// Compose puts changes of a target in words; there has to be one.
func Compose(target string, changes []Change, notes []string, links Links) Message {
	target = report.Escape(target)
	var b strings.Builder
	fmt.Fprintf(&b, "%s has changed%s.\n", target, direction(changes))
	for _, c := range changes {
		if c.Kind == Grade || c.Kind == Verdict {
			fmt.Fprintf(&b, "\n%s: %s, was %s", strings.ToUpper(string(c.Kind)[:1])+string(c.Kind)[1:], c.New, c.Old)
		}
	}
	if slices.ContainsFunc(changes, headline) {
		b.WriteString("\n")
	}
	rest := slices.DeleteFunc(slices.Clone(changes), headline)
	for _, part := range []struct {
		head string
		of   func(report.Trend) bool
	}{
		{"What is worse", func(t report.Trend) bool { return t == report.Worse || t == report.Learned }},
		{"What is different", func(t report.Trend) bool { return t == report.Neither || t == report.Lost }},
		{"What is better", func(t report.Trend) bool { return t == report.Better }},
	} {
		list(&b, part.head, slices.DeleteFunc(slices.Clone(rest), func(c Change) bool { return !part.of(c.Trend) }))
	}
	for _, n := range notes {
		fmt.Fprintf(&b, "\nNote: %s\n", n)
	}
	link(&b, "The report", links.Report)
	link(&b, "What has changed", links.Diff)
	link(&b, "Why you are told, and how to end it", links.Monitor)
	return Message{subject(target, changes), b.String()}
}

// headline reports whether a change is about the whole.
func headline(c Change) bool { return c.Kind == Grade || c.Kind == Verdict }

func direction(changes []Change) string {
	worse := slices.ContainsFunc(changes, func(c Change) bool { return c.Trend == report.Worse || c.Trend == report.Learned })
	better := slices.ContainsFunc(changes, func(c Change) bool { return c.Trend == report.Better })
	switch {
	case worse && !better:
		return " for the worse"
	case better && !worse:
		return " for the better"
	}
	return ""
}

func list(b *strings.Builder, head string, changes []Change) {
	if len(changes) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", head)
	advised := make(map[string]bool)
	for i, c := range changes {
		if i == maxTold {
			fmt.Fprintf(b, "\n- and %d more, which the report tells\n", len(changes)-i)
			return
		}
		fmt.Fprintf(b, "\n- %s%s\n", where(c), c.Text)
		if c.Trend == report.Learned {
			b.WriteString("  (it was not known before whether that is so)\n")
		}
		if c.Check != "" {
			fmt.Fprintf(b, "  Check %s: %s, was %s\n", c.Check, c.New, c.Old)
		} else if c.Kind == TLSA || c.Kind == STS {
			fmt.Fprintf(b, "  before: %s\n", c.Old)
		}
		if text := strings.Join(c.Fix, "\n"); text != "" && !advised[text] {
			advised[text] = true
			b.WriteString("  What to do:\n")
			for _, l := range c.Fix {
				fmt.Fprintf(b, "    %s\n", l)
			}
		}
	}
}

func where(c Change) string {
	if c.Place == "" || c.Kind == Expiry {
		return ""
	}
	return c.Place + ": "
}

func link(b *strings.Builder, head, url string) {
	if url != "" {
		fmt.Fprintf(b, "\n%s:\n%s\n", head, url)
	}
}

// subject is the new grade, or the new verdict, and the gravest of what else has changed: "example.org: C (was A): offers TLS 1.0 on
// smtp://mx1.example.org:25, and 2 more".
func subject(target string, changes []Change) string {
	var parts []string
	for _, k := range []Kind{Grade, Verdict} {
		if i := slices.IndexFunc(changes, func(c Change) bool { return c.Kind == k }); i >= 0 {
			parts = append(parts, fmt.Sprintf("%s (was %s)", changes[i].New, cmp.Or(changes[i].Old, none)))
			break
		}
	}
	rest := slices.DeleteFunc(slices.Clone(changes), headline)
	if len(rest) > 0 {
		text := cut(rest[0].Text)
		if rest[0].Place != "" && rest[0].Kind != Expiry {
			_, place, ok := strings.Cut(rest[0].Place, "://")
			if !ok {
				place = rest[0].Place
			}
			text += " on " + cut(place)
		}
		if n := len(rest) - 1; n > 0 {
			text += fmt.Sprintf(", and %d more", n)
		}
		parts = append(parts, text)
	}
	if s := []rune(cut(target) + ": " + strings.Join(parts, ": ")); len(s) > maxSubject {
		return string(s[:maxSubject]) + "..."
	} else {
		return string(s)
	}
}

// Digest puts messages together, the first first.
func Digest(name string, messages []Message) Message {
	name = report.Escape(name)
	if len(messages) == 1 {
		return messages[0]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d messages of %s.\n", len(messages), name)
	for _, m := range messages {
		fmt.Fprintf(&b, "\n* %s\n", m.Subject)
	}
	for _, m := range messages {
		fmt.Fprintf(&b, "\n%s\n\n%s\n\n%s", strings.Repeat("-", 72), m.Subject, m.Body)
	}
	return Message{Subject: fmt.Sprintf("%s: %d changes", cut(name), len(messages)), Body: b.String()}
}
