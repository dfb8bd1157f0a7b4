package main

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/report"
)

func (a *app) clientTable(list []client.Profile) {
	width := 0
	for _, p := range list {
		width = max(width, len(p.ID))
	}
	fmt.Fprintf(a.stdout, "%-*s  %-18s  %-10s  %s\n", width, "id", "versions", "known from", "name")
	for _, p := range list {
		fmt.Fprintf(a.stdout, "%-*s  %-18s  %-10s  %s\n", width, report.Escape(p.ID), clientVersions(&p), p.Fidelity, report.Escape(p.Name))
	}
}

func clientVersions(p *client.Profile) string {
	if p.Min == p.Max {
		return p.Min.String()
	}
	return p.Min.String() + " to " + p.Max.String()
}

func (a *app) clientDetails(p *client.Profile) {
	fmt.Fprintf(a.stdout, "%s\n", report.Escape(p.Name))
	for _, row := range []struct{ label, text string }{
		{"id", report.Escape(p.ID)}, {"kind", string(p.Kind)}, {"protocols", strings.Join(p.Protocols, ", ")}, {"certificates", report.Escape(p.Trust)},
		{"versions", clientVersions(p)}, {"suites", named(p.Suites)}, {"groups", named(p.Groups)}, {"key shares", named(p.KeyShares)},
		{"signatures", named(p.Schemes)}, {"server name", yesNo(p.SNI, "sent", "not sent")},
		{"DH", limits(p.MinDHBits, p.MaxDHBits)}, {"RSA", limits(p.MinRSABits, p.MaxRSABits)},
		{"SHA-1", yesNo(p.SHA2Only, "refused in certificates", "")},
		{"known from", string(p.Fidelity) + "; " + report.Escape(p.Source)}, {"note", report.Escape(p.Note)},
	} {
		if row.text != "" {
			a.hang(2, row.label, 14, row.text)
		}
	}
}

func named[T fmt.Stringer](list []T) string {
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = x.String()
	}
	return strings.Join(words, " ")
}

func limits(least, most int) string {
	var parts []string
	if least > 0 {
		parts = append(parts, fmt.Sprintf("at least %d bits", least))
	}
	if most > 0 {
		parts = append(parts, fmt.Sprintf("at most %d bits", most))
	}
	return strings.Join(parts, ", ")
}

// hang writes text wrapped beside a label of labelWidth columns.
func (a *app) hang(indent int, label string, labelWidth int, text string) {
	room := a.width(a.stdout) - indent - labelWidth
	line := strings.Repeat(" ", indent) + fmt.Sprintf("%-*s", labelWidth, label)
	used := 0
	for word := range strings.FieldsSeq(text) {
		if used > 0 && used+1+len([]rune(word)) > room {
			fmt.Fprintln(a.stdout, strings.TrimRight(line, " "))
			line, used = strings.Repeat(" ", indent+labelWidth), 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += word
		used += len([]rune(word))
	}
	fmt.Fprintln(a.stdout, strings.TrimRight(line, " "))
}
