package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/spf13/cobra"
)

const checksExample = `  mailtls checks                   all there are
  mailtls checks protocol-tls10    what it looks for, why, and how bad it is`

func (a *app) checksCommand() *cobra.Command {
	format := choice{value: "text", words: []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:   "checks [flags] [ID]",
		Short: "What is checked, and why?",
		Long: "Explain the checks: what each looks for, why it matters for mail, which facts it is\ndecided by, how bad the policy " +
			"mail finds it, and the documents that say so.",
		Example: checksExample,
		Args:    takes(0, 1, ""),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := findChecks(args)
			if err != nil {
				return err
			}
			return byMail(list, format.value == "json", a.checksJSON, a.checkDetails, a.checkTable)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return checkIDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().Var(&format, "format", "how to write them")
	group(cmd.Flags(), "How to report", "format")
	return cmd
}

// byMail shows things with the opinion of the policy mail on them: in JSON, one alone in detail, or all in a table.
func byMail[T any](list []T, inJSON bool, asJSON func([]T, *policy.Policy) error, one func(T, *policy.Policy), table func([]T, *policy.Policy)) error {
	mail, err := policy.Named(policy.Mail)
	switch {
	case err != nil:
		return err
	case inJSON:
		return asJSON(list, mail)
	case len(list) == 1:
		one(list[0], mail)
	default:
		table(list, mail)
	}
	return nil
}

// allChecks are those about servers, then those about domains.
func allChecks() []check.Check { return append(check.All(), check.Domains()...) }

func checkIDs() []string {
	var out []string
	for _, c := range allChecks() {
		out = append(out, c.ID)
	}
	return out
}

// findChecks returns the check that args name, or all of them without a name.
func findChecks(args []string) ([]check.Check, error) {
	if len(args) == 0 {
		return allChecks(), nil
	}
	id := strings.ToLower(args[0])
	if c, ok := check.ByID(id); ok {
		return []check.Check{c}, nil
	}
	if near := meant(id, checkIDs()); near != "" {
		return nil, usageError{fmt.Errorf("no check is called %q: did you mean %s?", args[0], near)}
	}
	return nil, usageError{fmt.Errorf("no check is called %q: mailtls checks lists them", args[0])}
}

func (a *app) checkTable(list []check.Check, mail *policy.Policy) {
	fmt.Fprintf(a.stdout, "%-26s  %-9s  %-9s  %s\n", "check", "port 25", "passwords", "what is wrong if it does not pass")
	domains := false
	for _, c := range list {
		rules := check.RulesOn(c.ID, mail)
		relay, access := severities(rules, policy.Relay), severities(rules, policy.Access)
		if c.Scope == check.Domain && !domains {
			domains = true
			fmt.Fprintf(a.stdout, "\n%-26s  %-9s  %-9s  %s\n", "about a whole domain", "mail", "users", "what is wrong if it does not pass")
		}
		if c.Scope == check.Domain && !byPort(rules) {
			relay, access = forDomain(c, relay)
		}
		fmt.Fprintf(a.stdout, "%-26s  %-9s  %-9s  %s\n", c.ID, relay, access, c.Title)
	}
}

// byPort reports whether rules tell port 25 from those of users.
func byPort(rules []check.RuleOn) bool {
	return slices.ContainsFunc(rules, func(r check.RuleOn) bool { return r.Rule.Both == (policy.Ruling{}) })
}

// forDomain puts the one severity of a check about domains into the column that it is about: how the domain takes mail, or what its
// users need.
func forDomain(c check.Check, severity string) (mail, users string) {
	if slices.ContainsFunc(c.Reads, func(k evidence.DomainKey) bool { return k.Name == evidence.KeyServices.Name }) {
		return "-", severity
	}
	return severity, "-"
}

// severities are what the rules say for a role, mildest first where they differ.
func severities(rules []check.RuleOn, role policy.Role) string {
	least, most := policy.Fail, policy.OK
	for _, r := range rules {
		s := r.Rule.For(role).Severity
		least, most = min(least, s), max(most, s)
	}
	if least < most {
		return least.String() + "-" + most.String()
	}
	return most.String()
}

func (a *app) checkDetails(c check.Check, mail *policy.Policy) {
	fmt.Fprintf(a.stdout, "%s\n%s\n\n", c.ID, c.Title)
	for _, line := range wrapped(c.Text, 78) {
		fmt.Fprintf(a.stdout, "  %s\n", line)
	}
	row := func(label, text string) {
		for i, line := range wrapped(text, 62) {
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(a.stdout, "  %-15s %s\n", label, line)
		}
	}
	for _, r := range check.RulesOn(c.ID, mail) {
		fmt.Fprintln(a.stdout)
		row("about", r.About)
		if c.Scope == check.Domain && r.Rule.Both != (policy.Ruling{}) {
			row("for a domain", rulingText(r.Rule.Both))
		} else {
			row("on port 25", rulingText(r.Rule.For(policy.Relay)))
			row("with passwords", rulingText(r.Rule.For(policy.Access)))
		}
		row("by", fmt.Sprintf("policy %s (%s), after %s", mail.Name, mail.Version, r.Rule.Clause))
	}
	fmt.Fprintln(a.stdout)
	row("decided by", strings.Join(c.FactNames(), ", ")+" (mailtls scan -v shows them)")
	if c.Scope == check.Domain {
		row("asked for", "a domain alone, as in mailtls scan example.org")
	}
	for _, k := range c.Asked {
		row("on request", k.Name+" is asked for by a flag alone (mailtls scan --help); without it, what the server sends decides")
	}
	row("told by", strings.Join(c.Cause, ", "))
	row("see", strings.Join(c.Refs, "; "))
}

// rulingText says how bad something is, what it does to the grade, and why.
func rulingText(r policy.Ruling) string {
	text := r.Severity.String()
	if r.Cap != "" {
		text += ", grade no better than " + string(r.Cap)
	}
	if r.Why != "" {
		text += ". " + r.Why
	}
	return text
}

func (a *app) checksJSON(list []check.Check, mail *policy.Policy) error {
	out := make([]check.Description, len(list))
	for i := range list {
		out[i] = list[i].Describe(mail)
	}
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// wrapped splits text, which is our own, into lines of at most width columns.
func wrapped(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last >= 0 && len(lines[last])+1+len(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
