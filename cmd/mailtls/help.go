package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// purpose is the annotation of a flag that says which group of the help it belongs to.
const purpose = "purpose"

// group gives flags their purpose.
func group(fs *pflag.FlagSet, name string, flags ...string) {
	for _, f := range flags {
		// An unknown flag is a mistake in this program, which a test finds: every flag must have a purpose.
		_ = fs.SetAnnotation(f, purpose, []string{name})
	}
}

// help writes what a command is for: how to call it, examples, its commands, then its flags by purpose.
func help(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	fmt.Fprintf(w, "%s\n\nUsage: %s\n", reflow(about(cmd)), cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() && c.Name() != "help" {
				entry(w, "  "+c.Name(), c.Short, 15)
			}
		}
	}
	for _, name := range purposes(cmd.Flags()) {
		fmt.Fprintf(w, "\n%s:\n", name)
		flagsOf(cmd.Flags(), name).VisitAll(func(f *pflag.Flag) { flagEntry(w, f) })
	}
}

// about is what a command is for.
func about(cmd *cobra.Command) string {
	if cmd.Long == "" {
		return cmd.Short + "."
	}
	return cmd.Long
}

// purposes lists the groups of flags in the order of their first flag.
func purposes(fs *pflag.FlagSet) []string {
	var out []string
	fs.VisitAll(func(f *pflag.Flag) {
		if p := f.Annotations[purpose]; len(p) > 0 && !slices.Contains(out, p[0]) {
			out = append(out, p[0])
		}
	})
	return out
}

func flagsOf(fs *pflag.FlagSet, name string) *pflag.FlagSet {
	out := pflag.NewFlagSet(name, pflag.ContinueOnError)
	out.SortFlags = false
	fs.VisitAll(func(f *pflag.Flag) {
		if p := f.Annotations[purpose]; len(p) > 0 && p[0] == name {
			out.AddFlag(f)
		}
	})
	return out
}

func flagNames(cmd *cobra.Command) []string {
	var out []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { out = append(out, f.Name) })
	return out
}
