package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

const clientsExample = `  mailtls clients                              all programs that are known
  mailtls clients outlook                      those whose name has outlook
  mailtls scan --format json -o report.json imaps://mail.example.org
  mailtls clients --report report.json         what each would get from it
  mailtls clients --report report.json --without tls1.0,tls1.1
                                               who would be cut off
  mailtls clients --report report.json --without advised
                                               who, if all advice were followed
  mailtls clients --report report.json --without advised --policy ncsc-nl-2025
                                               the same by another policy
  mailtls clients --report report.json --profile senders.csv --alone
                                               what your own sender would get`

const clientsLong = `Show what mail programs offer in a TLS handshake; with a report, what each of them
would get from the servers in it, and who would be cut off if they stopped
accepting something. Nothing is connected to: the handshakes are simulated over
what the scan saw. Certificates are not verified in it.`

// clientsFlags are the flags of mailtls clients.
type clientsFlags struct {
	format   choice
	report   fileName
	profiles fileNames
	alone    bool
	without  changes
	policy   advisor
}

func (a *app) clientsCommand() *cobra.Command {
	f := &clientsFlags{format: choice{value: "text", words: []string{"text", "json"}}}
	cmd := &cobra.Command{
		Use:     "clients [flags] [FILTER]",
		Short:   "What do mail programs get, and who would be cut off?",
		Long:    clientsLong,
		Example: clientsExample,
		RunE:    func(_ *cobra.Command, args []string) error { return a.runClients(f, strings.Join(args, " ")) },

		ValidArgsFunction: cobra.NoFileCompletions,
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.Var(&f.report, "report", "report in JSON whose servers to look at; -: from standard input")
	fs.Var(&f.without, "without", "what the servers would no longer accept: "+strings.Join(changeNames(), ", "))
	fs.Var(&f.policy, "policy", "whose advice --without advised follows (see mailtls policies), or a file with one")
	f.policy.complete(cmd)
	fs.Var(&f.profiles, "profile", "file of further programs, as docs/clients.md describes it; may be repeated")
	fs.BoolVar(&f.alone, "alone", false, "only the programs of --profile, none of those that are built in")
	group(fs, "What to show", "report", "without", "policy", "profile", "alone")
	fs.Var(&f.format, "format", "how to write it")
	group(fs, "How to report", "format")
	return cmd
}

func (a *app) runClients(f *clientsFlags, filter string) error {
	if len(f.without.names) > 0 && f.report.value == "" {
		return usageError{errors.New("--without says what servers would stop accepting: want --report, too, to know which")}
	}
	if f.policy.policy != nil && !slices.Contains(f.without.names, advised) {
		return usageError{errors.New("--policy says whose advice to follow: want --without advised, too")}
	}
	if f.alone && len(f.profiles.names) == 0 {
		return usageError{errors.New("--alone leaves out all programs that are built in: want --profile, too")}
	}
	profiles, err := f.read()
	if err != nil {
		return err
	}
	if len(profiles) == 0 {
		return usageError{fmt.Errorf("there is no program in %s", report.Escape(f.profiles.String()))}
	}
	found := client.Matching(profiles, filter)
	if len(found) == 0 {
		return usageError{noClient(filter, profiles)}
	}
	switch {
	case f.report.value != "":
		return a.simulate(f, found)
	case f.format.value == "json":
		return a.json(found)
	case len(found) == 1:
		a.clientDetails(&found[0])
	default:
		a.clientTable(found)
	}
	return nil
}

// read reads the profiles of the user's files, and those that are built in. One of the user's takes the place of the one
// that is built in under its id.
func (f *clientsFlags) read() ([]client.Profile, error) {
	var out []client.Profile
	there := make(map[string]string)
	for _, name := range f.profiles.names {
		list, err := readProfiles(name)
		if err != nil {
			return nil, usageError{err}
		}
		for _, p := range list {
			if first, twice := there[p.ID]; twice {
				return nil, usageError{fmt.Errorf("%s: id: %q was in %s already", report.Escape(name), p.ID, report.Escape(first))}
			}
			there[p.ID] = name
		}
		out = append(out, list...)
	}
	if f.alone {
		return out, nil
	}
	builtIn, err := client.All()
	for _, p := range builtIn {
		if _, mine := there[p.ID]; !mine {
			out = append(out, p)
		}
	}
	return out, err
}
