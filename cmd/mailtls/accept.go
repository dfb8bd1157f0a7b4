package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/starttls"
)

// acceptFlag is a flag that takes a file of accepted findings.
type acceptFlag struct {
	path string
	list *report.AcceptList // nil without the flag
}

func (f *acceptFlag) String() string { return f.path }
func (f *acceptFlag) Type() string   { return "file" }

func (f *acceptFlag) Set(path string) error {
	if f.list != nil { // the first would be ignored
		return errors.New("there is one already: put all that is accepted into one file")
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	defer file.Close()
	list, err := report.ReadAcceptList(file)
	if err != nil {
		return errors.New(report.Escape(withNearest(err).Error()))
	}
	for i, x := range list.Entries {
		if err := knownTo(x, i); err != nil {
			return err
		}
	}
	f.path, f.list = path, list
	return nil
}

// knownTo wants an entry to be about a check and a scheme that there are.
func knownTo(x report.AcceptEntry, i int) error {
	var ids, schemes []string
	for _, c := range slices.Concat(check.All(), check.Domains()) {
		ids = append(ids, c.ID)
	}
	for _, p := range starttls.Protocols() {
		schemes = append(schemes, string(p))
	}
	field, thing, word, known := "check", "check", x.Check, ids
	if slices.Contains(ids, x.Check) {
		field, thing, word, known = "endpoint", "scheme", x.Scheme, append(schemes, "*")
	}
	if slices.Contains(known, word) {
		return nil
	}
	text := fmt.Sprintf("line %d: accept[%d].%s: no %s is called %q", x.Line, i, field, thing, report.Escape(word))
	if near, ok := spell.Nearest(word, known); ok {
		return fmt.Errorf("%s: did you mean %s?", text, near)
	}
	return fmt.Errorf("%s: see mailtls %s", text, map[string]string{"check": "checks", "endpoint": "scan --help"}[field])
}

// acceptIn returns r with what is accepted marked, and tells on standard error of acceptances that met nothing, where the
// form of the report has no room for that.
func (o *output) acceptIn(a *app, r *report.Report) *report.Report {
	list := o.flags.accept.list
	if r == nil || list == nil {
		return r
	}
	r = report.Accept(r, list)
	if slices.Contains([]string{"csv", "junit", "prometheus"}, o.flags.format.value) {
		a.tellUnused(r)
	}
	return r
}

// tellUnused tells on standard error of acceptances that met nothing.
func (a *app) tellUnused(r *report.Report) {
	for _, n := range r.Notes {
		if n.ID == report.AcceptanceUnused {
			fmt.Fprintf(a.stderr, "mailtls: %s\n", n.Text)
		}
	}
}
