package main

import (
	"fmt"
	"runtime"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/policy"
	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version of the program and of its policies",
		Args:  takes(0, 0, ""),
		RunE:  func(*cobra.Command, []string) error { return a.writeVersion() },
	}
}

func (a *app) writeVersion() error {
	fmt.Fprintf(a.stdout, "mailtls %s (%s, %s/%s)\n", mailtls.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range policy.Names() {
		p, err := policy.Named(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "policy %s %s: %s\n", p.Name, p.Version, p.Source)
	}
	return nil
}
