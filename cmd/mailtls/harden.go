package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/spf13/cobra"
)

const hardenExample = `  mailtls harden postfix                   for any version
  mailtls harden postfix --version 3.7     for that one
  mailtls harden dovecot --policy ncsc-nl-2025
                                           as that policy asks for it
  mailtls harden                           the software that is known`

func (a *app) hardenCommand() *cobra.Command {
	var version softwareVersion
	var by advisor
	cmd := &cobra.Command{
		Use:   "harden [flags] [SOFTWARE]",
		Short: "Print the settings that make a server's TLS good",
		Long: "Print the TLS settings of a mail server as the policy mail asks for them, with\ncomments, without a scan. " +
			"\"mailtls scan\" shows only those that a server lacks.\n\nWith --policy, versions, suites, groups and signatures follow from the rows of\n" +
			"that policy; rows that no setting answers are named in a comment.",
		Example: hardenExample,
		Args:    takes(0, 1, ""),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := fix.All()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				if version.value != "" || by.policy != nil {
					return usageError{errors.New("for which software? see mailtls harden --help")}
				}
				a.softwareTable(all)
				return nil
			}
			s, ok := fix.Named(args[0])
			if !ok {
				return noSoftware(args[0], all)
			}
			text := s.Harden(version.value)
			if by.policy != nil {
				if text, err = s.HardenBy(version.value, by.policy.At(time.Now())); err != nil {
					return usageError{fmt.Errorf("--policy: %w", err)}
				}
			}
			_, err = io.WriteString(a.stdout, text)
			return err
		},
		ValidArgsFunction: completeSoftware,
	}
	cmd.Flags().Var(&version, "version", "version of the software, such as 2.3")
	cmd.Flags().Var(&by, "policy", "as which policy asks for it (see mailtls policies), or the one in this file")
	by.complete(cmd)
	group(cmd.Flags(), "What to print", "version", "policy")
	return cmd
}

func (a *app) softwareTable(all []fix.Software) {
	for _, s := range all {
		line := fmt.Sprintf("%-12s %-22s %s", s.Name, s.Title, s.Tried.Label())
		fmt.Fprintln(a.stdout, strings.TrimRight(line, " "))
	}
}

// noSoftware says what a word is that no software is called by.
func noSoftware(word string, all []fix.Software) error {
	var names, known []string
	for _, s := range all {
		names = append(names, s.Name)
		known = append(append(known, s.Name), s.Also...)
	}
	if near, ok := spell.Nearest(strings.ToLower(word), known); ok {
		return usageError{fmt.Errorf("harden %q: did you mean %s?", word, near)}
	}
	return usageError{fmt.Errorf("harden %q: want one of %s", word, strings.Join(names, ", "))}
}

func completeSoftware(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	all, err := fix.All()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []string
	for _, s := range all {
		if strings.HasPrefix(s.Name, strings.ToLower(toComplete)) {
			out = append(out, s.Name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// softwareVersion is a flag that takes the version of a program.
type softwareVersion struct{ value string }

func (v *softwareVersion) String() string { return v.value }
func (v *softwareVersion) Type() string   { return "n.n" }

func (v *softwareVersion) Set(s string) error {
	if !fix.IsVersion(s) {
		return errors.New("want numbers with dots between, such as 2.3 or 2.3.19")
	}
	v.value = s
	return nil
}
