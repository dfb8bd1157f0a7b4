package main

import (
	"encoding/json"
	"fmt"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

const policiesLong = `List the policies that servers can be judged by, or show one whole: what it
allows and what it minds, each row with the clause of its source that says so.

A policy of your own begins as a copy of another, with another name:
see the last two examples.`

const policiesExample = `  mailtls policies
  mailtls policies bsi-tr-03108
  mailtls policies rfc9325 --format json > house.json
  mailtls judge --policy house.json report.json`

func (a *app) policiesCommand() *cobra.Command {
	format := choice{value: "text", words: []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:     "policies [flags] [NAME|FILE]",
		Short:   "What may servers be judged by?",
		Long:    policiesLong,
		Example: policiesExample,
		Args:    takes(0, 1, ""),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listPolicies(format.value == "json")
			}
			p, err := findPolicy(args[0])
			switch {
			case err != nil:
				return usageError{fmt.Errorf("policy %q: %w", args[0], err)}
			case format.value == "json":
				_, err := a.stdout.Write(p.Text())
				return err
			}
			return report.WritePolicy(a.stdout, p, a.textOptions(a.stdout, "auto", false))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return policy.Names(), cobra.ShellCompDirectiveDefault
		},
	}
	cmd.Flags().Var(&format, "format", "how to write them; a policy in json can be edited and read again")
	group(cmd.Flags(), "How to report", "format")
	return cmd
}

func (a *app) listPolicies(asJSON bool) error {
	list, err := policy.Listings()
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(list)
	}
	for _, p := range list {
		fmt.Fprintf(a.stdout, "%-21s %-8s  %s\n", p.Name, p.Version, p.Title)
	}
	fmt.Fprintf(a.stdout, "\nThe grade is always by %s; others give verdicts beside it (--policy NAME).\n", policy.Mail)
	return nil
}
