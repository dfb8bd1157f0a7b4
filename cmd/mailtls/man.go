package main

import (
	"fmt"
	"os"

	"github.com/mailtls/mailtls"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the man pages; packagers call it.
func (a *app) manCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "man DIRECTORY",
		Short:  "Write the man pages into a directory",
		Hidden: true,
		Args:   takes(1, 1, "a directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return usageError{fmt.Errorf("man: %q is no directory: want one that exists", args[0])}
			}
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: "MAILTLS", Section: "1", Source: "mailtls " + mailtls.Version()}, args[0])
		},
	}
}
