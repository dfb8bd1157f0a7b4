package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

const clientsExample = `  mailtls clients                              all programs that are known
  mailtls clients outlook                      those whose name has outlook
  mailtls scan --format json -o report.json imaps://mail.example.org
  mailtls clients --report report.json         what each would get from that server
  mailtls clients --report report.json --without tls1.0,tls1.1
                                               who would be cut off
  mailtls clients --report report.json --without advised
                                               who, if all were done that the policy asks for
  mailtls clients --report report.json --without advised --policy ncsc-nl-2025
                                               the same by another policy
  mailtls clients --report report.json --profile senders.csv --alone
                                               what your own sender would get`

const clientsLong = `Show what mail programs offer in a TLS handshake; with a report, what each of them
would get from the servers in it, and who would be cut off if they stopped
accepting something. Nothing is connected to: the handshakes are simulated over
what the scan saw. Certificates are not verified in it.`

// advised is the word for all that the policy objects to.
const advised = "advised"

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

// changes is a flag that takes names of changes.
type changes struct{ names []string }

func (c *changes) String() string { return strings.Join(c.names, ",") }

// Type is shown in the help as what the flag takes.
func (c *changes) Type() string { return "list" }

func (c *changes) Set(s string) error {
	for name := range strings.SplitSeq(s, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, ok := client.ChangeNamed(name); !ok && name != advised {
			if near, ok := spell.Nearest(name, changeNames()); ok {
				return fmt.Errorf("%q is not known: did you mean %s?", name, near)
			}
			return fmt.Errorf("%q is not known: want some of %s", name, strings.Join(changeNames(), ", "))
		}
		c.names = append(c.names, name)
	}
	return nil
}

func changeNames() []string {
	var names []string
	for _, c := range client.Changes() {
		names = append(names, c.Name)
	}
	return append(names, advised)
}

// in gives the changes that the names mean for a server: advised are those that p asks for, as it is at the time of the
// evidence.
func (c *changes) in(e report.Endpoint, p *policy.Policy) []client.Change {
	var out []client.Change
	for _, name := range c.names {
		if change, ok := client.ChangeNamed(name); ok {
			out = append(out, change)
		} else {
			out = append(out, client.AsAdvised(p.At(e.At), e.Judged.Role))
		}
	}
	return out
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

func noClient(filter string, profiles []client.Profile) error {
	var ids []string
	for _, p := range profiles {
		ids = append(ids, p.ID)
	}
	if near := meant(filter, ids); near != "" && !strings.Contains(filter, " ") {
		return fmt.Errorf("no program is called %q: did you mean %s?", filter, near)
	}
	if near := nearWords(filter, profiles); near != filter && len(client.Matching(profiles, near)) > 0 {
		return fmt.Errorf("no program has %q in its name: did you mean %s?", filter, near)
	}
	return fmt.Errorf("no program has %q in its name: mailtls clients lists all there are", filter)
}

// nearWords is filter with each word that no name has replaced by the nearest that one has.
func nearWords(filter string, profiles []client.Profile) string {
	var known []string
	for _, p := range profiles {
		known = append(known, strings.FieldsFunc(strings.ToLower(p.ID+" "+p.Name), func(r rune) bool { return strings.ContainsRune(" -/()", r) })...)
	}
	words := strings.Fields(strings.ToLower(filter))
	for i, w := range words {
		if len(client.Matching(profiles, w)) == 0 {
			if near, ok := spell.Nearest(w, known); ok {
				words[i] = near
			}
		}
	}
	return strings.Join(words, " ")
}

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
