package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// manCommand writes the man pages; packagers call it.
func (a *app) manCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIRECTORY",
		Short:   "Write the man pages into a directory",
		Example: "  mailtls man /usr/local/share/man/man1",
		Args:    takes(1, 1, "a directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return usageError{fmt.Errorf("man: %q is no directory: want one that exists", args[0])}
			}
			return writeManPages(root, args[0])
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
}

// writeManPages writes the page of cmd and those of its commands.
func writeManPages(cmd *cobra.Command, dir string) error {
	if err := os.WriteFile(filepath.Join(dir, pageName(cmd)+".1"), []byte(manPage(cmd)), 0o644); err != nil {
		return fmt.Errorf("writing the man pages: %w", err)
	}
	for _, c := range documented(cmd) {
		if err := writeManPages(c, dir); err != nil {
			return err
		}
	}
	return nil
}
