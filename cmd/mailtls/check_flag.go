package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

// checkFlag is a flag that takes ids of checks, separated by commas, as often as one likes.
type checkFlag struct{ ids []string }

func (f *checkFlag) String() string { return strings.Join(f.ids, ",") }
func (f *checkFlag) Type() string   { return "id" }

func (f *checkFlag) Set(s string) error {
	for _, word := range strings.Split(s, ",") {
		id := strings.ToLower(strings.TrimSpace(word))
		if _, ok := check.ByID(id); !ok {
			return noCheck(id)
		}
		if !slices.Contains(f.ids, id) {
			f.ids = append(f.ids, id)
		}
	}
	return nil
}

// domainsAlone reports whether the checks are there, and are all about domains.
func (f *checkFlag) domainsAlone() bool {
	return len(f.ids) > 0 && !slices.ContainsFunc(f.ids, func(id string) bool {
		c, _ := check.ByID(id)
		return c.Scope != check.Domain
	})
}

// noCheck says what to write instead of a word that is no check.
func noCheck(id string) error {
	switch near := meant(id, checkIDs()); {
	case id == "":
		return errors.New("want the id of a check: mailtls checks lists them")
	case near != "":
		return fmt.Errorf("no check is called %q: did you mean %s?", report.Escape(id), near)
	}
	return fmt.Errorf("no check is called %q: mailtls checks lists them", report.Escape(id))
}

// tries returns those of the checks that are on attacks which have to be tried.
func (f *checkFlag) tries() []string {
	return slices.DeleteFunc(slices.Clone(f.ids), func(id string) bool {
		c, _ := check.ByID(id)
		return !c.Tries()
	})
}

func (f *checkFlag) complete(cmd *cobra.Command, name string) {
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(checkIDs(), cobra.ShellCompDirectiveNoFileComp))
}
