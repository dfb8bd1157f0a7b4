package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
	"github.com/spf13/cobra"
)

const completionExample = `  source <(mailtls completion bash)            in this shell
  mailtls completion bash > /etc/bash_completion.d/mailtls
  mailtls completion zsh > "${fpath[1]}/_mailtls"
  mailtls completion fish > ~/.config/fish/completions/mailtls.fish
  mailtls completion powershell | Out-String | Invoke-Expression`

// shell is a shell for which there is a script that completes command lines.
type shell struct {
	name  string
	write func(io.Writer) error
}

// shells are those that cobra knows.
func shells(root *cobra.Command) []shell {
	return []shell{
		{"bash", func(w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
		{"zsh", root.GenZshCompletion},
		{"fish", func(w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"powershell", root.GenPowerShellCompletionWithDesc},
	}
}

// completionCommand stands for cobra's own, which takes any word without complaint.
func (a *app) completionCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Write the completion for bash, zsh, fish or powershell",
		Long: "Write the completion for bash, zsh, fish or powershell.\n\n" +
			"That for bash needs the functions of the package bash-completion (2.x): without it\nTAB does nothing, or complains of _get_comp_words_by_ref.",
		Example: completionExample,
		Args:    takes(1, 1, "a shell: bash, zsh, fish or powershell"),
		RunE: func(_ *cobra.Command, args []string) error {
			list := shells(root)
			i := slices.IndexFunc(list, func(s shell) bool { return s.name == args[0] })
			if i < 0 {
				return unknownShell(args[0], list)
			}
			var b bytes.Buffer
			if err := list[i].write(&b); err != nil {
				return fmt.Errorf("writing the completion for %s: %w", args[0], err)
			}
			_, err := a.stdout.Write(b.Bytes())
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return shellNames(shells(root)), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func shellNames(list []shell) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.name)
	}
	return names
}

func unknownShell(word string, list []shell) error {
	names := shellNames(list)
	if near, ok := spell.Nearest(word, names); ok {
		return usageError{fmt.Errorf("completion %q: did you mean %s?", word, near)}
	}
	last := len(names) - 1
	return usageError{fmt.Errorf("completion %q: want %s or %s", word, strings.Join(names[:last], ", "), names[last])}
}
