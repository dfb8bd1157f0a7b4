package main

import (
	"fmt"
	"os"

	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

const diffExample = `  mailtls diff yesterday.json today.json
  mailtls diff --fail-on worse old.json new.json || mail -s "TLS" postmaster`

// diffFlags are the flags of diff.
type diffFlags struct {
	format, failOn choice
	accept         acceptFlag
}

func (a *app) diffCommand() *cobra.Command {
	f := &diffFlags{
		format: choice{value: "text", words: []string{"text", "json"}},
		failOn: choice{words: []string{"worse", "change"}},
	}
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW",
		Short: "What has changed between two reports?",
		Long: "Compare two reports in JSON: verdicts, grades, findings and facts. What one of them\ndoes not know is told as such, and " +
			"never as a change of the server.",
		Example: diffExample,
		Args:    takes(2, 2, "two reports in JSON, the older first"),
		RunE:    func(_ *cobra.Command, args []string) error { return a.runDiff(f, args[0], args[1]) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().Var(&f.format, "format", "how to write the changes")
	cmd.Flags().Var(&f.failOn, "fail-on", "exit with code 1 if any finding is worse; or if anything has changed")
	cmd.Flags().Var(&f.accept, "accept", "file of findings that are accepted for a while (see docs/accept.md)")
	group(cmd.Flags(), "How to report", "format", "fail-on", "accept")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(f.format.words, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(f.failOn.words, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) runDiff(f *diffFlags, older, newer string) error {
	o, err := readReport(older)
	if err != nil {
		return usageError{err}
	}
	n, err := readReport(newer)
	if err != nil {
		return usageError{err}
	}
	if f.accept.list != nil {
		n = report.Accept(n, f.accept.list)
		a.tellUnused(n)
	}
	c := report.Diff(o, n)
	write := c.WriteText
	if f.format.value == "json" {
		write = c.WriteJSON
	}
	if err := write(a.stdout); err != nil {
		return err
	}
	if f.failOn.value == "worse" && c.Worse() || f.failOn.value == "change" && c.Any() {
		return findingsError{}
	}
	return nil
}

// readReport reads a report in JSON from a file.
func readReport(name string) (*report.Report, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the report cannot be read: %w", err)
	}
	defer file.Close()
	r, err := report.ReadJSON(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; want what mailtls scan --format json writes", name, err)
	}
	return r, nil
}
