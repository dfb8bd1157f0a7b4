package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

func (a *app) ciphersText(j *judgedCiphers) {
	usable := j.result.Usable()
	fmt.Fprintf(a.stdout, "%s enables %d suites that a mail server can use\n\n", j.result.Library, len(usable))
	fmt.Fprintf(a.stdout, "  %-7s  %-9s  %-34s %s\n", "port 25", "passwords", "suite, most preferred first", "reported by")
	for _, e := range usable {
		info, _ := e.ID.Info()
		line := fmt.Sprintf("  %-7s  %-9s  %-34s %s", opinion(j.mail, info, policy.Relay), opinion(j.mail, info, policy.Access), e.Name,
			fitting(j.reports(info), 80-56))
		fmt.Fprintln(a.stdout, strings.TrimRight(line, " "))
	}
	a.barredText(j)
	for _, w := range j.result.Warnings {
		fmt.Fprintf(a.stdout, "\n! %s\n", fold(report.Escape(w.Word)+" "+w.Text, 78, "  "))
	}
	a.adviceText(j)
}

// barredText counts what is on the list for nothing.
func (a *app) barredText(j *judgedCiphers) {
	var reasons []string
	count := map[string]int{}
	for _, e := range j.result.Suites {
		if e.Barred != "" {
			if count[e.Barred]++; !slices.Contains(reasons, e.Barred) {
				reasons = append(reasons, e.Barred)
			}
		}
	}
	if len(reasons) > 0 {
		fmt.Fprint(a.stdout, "\nOn the list, and yet never used by a mail server:\n")
	}
	for _, r := range reasons {
		fmt.Fprintf(a.stdout, "  %4d  %s\n", count[r], r)
	}
	if level := j.result.Level; level > 0 && !j.result.LevelSet {
		fmt.Fprintf(a.stdout, "\n%s\n", fold(fmt.Sprintf("The list sets no security level, so %d was taken, the default of OpenSSL's authors. "+
			"Distributions and programs set others: Postfix sets 0, and then can use what a level bars.", level), 80, ""))
	}
}

func (a *app) adviceText(j *judgedCiphers) {
	fmt.Fprintln(a.stdout)
	bad := 0
	for _, e := range j.result.Usable() {
		if info, _ := e.ID.Info(); j.worst(info) > policy.Note {
			bad++
		}
	}
	var old []string
	for _, v := range j.result.Versions {
		if j.worstVersion(v) > policy.Note {
			old = append(old, v.String())
		}
	}
	if bad == 0 && len(old) == 0 {
		fmt.Fprintf(a.stdout, "The policy mail (%s) has nothing against these suites.\n", j.mail.Version)
		return
	}
	fmt.Fprintf(a.stdout, "The policy mail (%s) objects to %d of these suites%s.\n", j.mail.Version, bad, strings.Join(append([]string{""}, old...), ", to "))
	if j.advice != "" {
		fmt.Fprintf(a.stdout, "Its own string:\n  %s\n", j.advice)
	}
	if j.trim != "" && !strings.ContainsFunc(j.trim, unprintable) { // whole, since it is there to be copied
		fmt.Fprintf(a.stdout, "Yours, with what it objects to taken out:\n  %s\n", j.trim)
	}
}

// unprintable reports whether r might do something to a terminal.
func unprintable(r rune) bool { return r < ' ' || r > '~' }

// fold breaks text into lines of at most width columns, all but the first with indent before them.
func fold(text string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i > 0 && column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = 0
		case i > 0:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// fitting lists as many words as have room in width columns, and how many have not.
func fitting(words []string, width int) string {
	for n := len(words); n > 0; n-- {
		text := strings.Join(words[:n], ", ")
		if n < len(words) {
			text += fmt.Sprintf(" +%d", len(words)-n)
		}
		if len(text) <= width {
			return text
		}
	}
	return strings.Join(words, ", ")
}
