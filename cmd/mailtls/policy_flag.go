package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// policyFlag is a flag that takes the name of a policy, or of a file with one, as often as one likes.
type policyFlag struct {
	names []string
	list  []*policy.Policy // without the policy mail, which judges in any case
}

func (f *policyFlag) String() string { return strings.Join(f.names, ",") }
func (f *policyFlag) Type() string   { return "name|file" }

func (f *policyFlag) Set(s string) error {
	p, err := findPolicy(s)
	if err != nil {
		return err
	}
	f.names = append(f.names, s)
	for _, q := range f.list {
		switch {
		case q.SHA256 == p.SHA256:
			return nil
		case q.Name == p.Name: // reports tell policies by their names
			return fmt.Errorf("another policy of the name %q was given already", report.Escape(p.Name))
		}
	}
	if p.Name != policy.Mail {
		f.list = append(f.list, p)
	}
	return nil
}

func (f *policyFlag) register(fs *pflag.FlagSet, purpose string) {
	fs.Var(f, "policy", "judge also by this policy (see mailtls policies), or the one in this file; may be repeated")
	group(fs, purpose, "policy")
}

func (f *policyFlag) complete(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("policy", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return policy.Names(), cobra.ShellCompDirectiveDefault // files, too
	})
}

// findPolicy returns the policy that is built in under a name, or else the one in the file of that name.
func findPolicy(name string) (*policy.Policy, error) {
	if slices.Contains(policy.Names(), name) {
		return policy.Named(name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, noPolicy(name, err)
	}
	defer file.Close()
	p, err := policy.Load(file)
	if err != nil {
		return nil, withNearest(err)
	}
	return p, usable(p)
}

// noPolicy says what a word is that is neither a policy nor a file that can be read.
func noPolicy(name string, err error) error {
	if strings.ContainsAny(name, `/\.`) {
		return fmt.Errorf("the policy cannot be read: %w", err)
	}
	if near := meant(name, policy.Names()); near != "" {
		return fmt.Errorf("did you mean %s?", near)
	}
	names := policy.Names()
	last := len(names) - 1
	return fmt.Errorf("want %s or %s, or the name of a file", strings.Join(names[:last], ", "), names[last])
}

// usable wants a policy from a file to have a name of its own, and to ask for checks that there are.
func usable(p *policy.Policy) error {
	if slices.Contains(policy.Names(), p.Name) {
		return fmt.Errorf("policy %q: there is one of this name; give it another", p.Name)
	}
	known := checkIDs()
	for i, r := range p.Checks {
		if slices.Contains(known, r.Check) {
			continue
		}
		text := fmt.Sprintf("policy %q: line %d: checks[%d]: no check is called %q", report.Escape(p.Name), p.Line("checks", i), i, report.Escape(r.Check))
		if near, ok := spell.Nearest(r.Check, known); ok {
			return fmt.Errorf("%s: did you mean %s?", text, near)
		}
		return fmt.Errorf("%s: mailtls checks lists them", text)
	}
	if p.Name != report.Escape(p.Name) {
		return errors.New("the policy's name cannot be printed")
	}
	return nil
}
