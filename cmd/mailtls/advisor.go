package main

import (
	"github.com/mailtls/mailtls/policy"
	"github.com/spf13/cobra"
)

// advisor is a flag that takes one policy, whose advice to follow.
type advisor struct {
	name   string
	policy *policy.Policy // nil without the flag
}

func (f *advisor) String() string { return f.name }
func (f *advisor) Type() string   { return "name|file" }

func (f *advisor) Set(s string) error {
	p, err := findPolicy(s)
	if err != nil {
		return err
	}
	f.name, f.policy = s, p
	return nil
}

func (f *advisor) complete(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("policy", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return policy.Names(), cobra.ShellCompDirectiveDefault // files, too
	})
}

// orMail is the policy of the flag, or else the policy mail.
func (f *advisor) orMail() (*policy.Policy, error) {
	if f.policy != nil {
		return f.policy, nil
	}
	return policy.Named(policy.Mail)
}
