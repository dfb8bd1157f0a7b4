package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// app is the program and the world it runs in.
type app struct {
	env    []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	scan   func(context.Context, string, *mailtls.Config) (*report.Report, error)

	started bool // the command line was understood
}

const welcome = `mailtls tells whether a mail server is protected, and what to change if not.

Try:
  mailtls demo                             see it work, without a network
  mailtls scan example.org                 all servers of a domain
  mailtls scan smtp://mail.example.org     a server that takes mail
  mailtls scan imaps://mail.example.org    a server that users read mail from

More: mailtls help
`

const rootExample = `  mailtls demo
  mailtls scan example.org
  mailtls scan smtp://mail.example.org
  mailtls scan imaps://mail.example.org submission://mail.example.org
  mailtls suites RC4
  mailtls scan --help                      all about scanning`

func (a *app) root() *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:           "mailtls COMMAND",
		Short:         "Tell whether a mail server is protected, and what to change if not",
		SilenceErrors: true,
		SilenceUsage:  true,
		Example:       rootExample,

		DisableFlagsInUseLine: true,
		PersistentPreRun:      func(*cobra.Command, []string) { a.started = true },
		Args:                  a.noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return a.writeVersion()
			}
			_, err := io.WriteString(a.stdout, welcome)
			return err
		},
	}
	root.Flags().BoolVar(&version, "version", false, "show the version of the program and of its policies")
	group(root.Flags(), "Instead of a command", "version")
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(help)
	root.SetHelpCommand(a.helpCommand(root))
	root.AddCommand(a.scanCommand(), a.summaryCommand(), a.judgeCommand(), a.diffCommand(), a.serveCommand(), a.workerCommand(), a.remoteCommand(), a.dbCommand(), a.accountCommand(), a.demoCommand(), a.labCommand(), a.checksCommand(),
		a.policiesCommand(), a.clientsCommand(), a.hardenCommand(), a.ciphersCommand(), a.suitesCommand(), a.versionCommand(),
		a.completionCommand(root), a.manCommand(root))
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// helpCommand is "mailtls help", which cobra's own leaves without a word about commands that do not exist.
func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show how to use a command",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			switch {
			case err != nil:
				return usageError{err}
			case c == root && len(rest) > 0:
				return a.noCommand(root, rest)
			case len(rest) > 0:
				return usageError{fmt.Errorf("unknown command %q: see %s --help", c.Name()+" "+rest[0], c.CommandPath())}
			}
			return c.Help()
		},
	}
}

// noCommand explains words that are no command; a target is a common one.
func (a *app) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if err := mailtls.CheckTarget(args[0]); err == nil {
		return usageError{fmt.Errorf("unknown command %q: did you mean mailtls scan %s?", args[0], args[0])}
	}
	if strings.ContainsAny(args[0], ".:") { // a host, most likely
		return usageError{fmt.Errorf("unknown command %q: to scan a server, name its protocol, as in mailtls scan smtp://%s", args[0], args[0])}
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if near, ok := spell.Nearest(args[0], names); ok {
		return usageError{fmt.Errorf("unknown command %q: did you mean %s?", args[0], near)}
	}
	return usageError{fmt.Errorf("unknown command %q: want one of %s", args[0], strings.Join(names, ", "))}
}

// flagError explains a flag that is wrong, with the one that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "bool" { // its own words are those of package strconv
		return usageError{fmt.Errorf("--%s %q: want no value, or true or false", invalid.GetFlag().Name, invalid.GetValue())}
	}
	if errors.As(err, &invalid) {
		return usageError{fmt.Errorf("--%s %q: %w", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())}
	}
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if hint := hintFor(name, cmd); unknown && hint != "" {
		return usageError{fmt.Errorf("unknown flag --%s: %s", name, hint)}
	}
	if !unknown {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	}
	if near, ok := spell.Nearest(name, flagNames(cmd)); ok {
		return usageError{fmt.Errorf("unknown flag --%s: did you mean --%s?", report.Escape(name), near)}
	}
	return usageError{fmt.Errorf("unknown flag --%s: see %s --help", report.Escape(name), cmd.CommandPath())}
}

// hintFor says what to write instead of a flag that there is elsewhere, or "".
func hintFor(name string, cmd *cobra.Command) string {
	word, _, _ := strings.Cut(name, "=")
	switch {
	case word == "version":
		return "did you mean mailtls version?"
	case word == "port" && cmd.Name() == "scan":
		return "the port is a part of the target, as in smtp://mail.example.org:2525"
	case cmd.Flags().Lookup("format") == nil:
		return ""
	}
	f := cmd.Flags().Lookup("format")
	if slices.Contains(strings.Split(f.Value.Type(), "|"), word) {
		return "did you mean --format " + word + "?"
	}
	return ""
}

// takes is an argument check: from least to most words, with what to say if there are fewer.
func takes(least, most int, want string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fmt.Errorf("%s: want %s; see %s --help", cmd.Name(), want, cmd.CommandPath())
		case len(args) > most && cmd.HasSubCommands():
			return fmt.Errorf("unknown command %q: see %s --help", cmd.Name()+" "+args[0], cmd.CommandPath())
		case len(args) > most:
			return fmt.Errorf("%s: %q is too many; see %s --help", cmd.Name(), args[most], cmd.CommandPath())
		}
		return nil
	}
}
