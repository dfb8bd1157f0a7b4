package main

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manPage is the page of a command, in the language of man(7): what help says, in the order of man pages.
func manPage(cmd *cobra.Command) string {
	var b strings.Builder
	name := pageName(cmd)
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"mailtls %s\"\n.nh\n", strings.ToUpper(name), mailtls.Version())
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(name), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n\\fB%s\\fR\n", roff(cmd.UseLine()))
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n", paragraphs(about(cmd)))
	for i, purpose := range purposes(cmd.Flags()) {
		if i == 0 {
			b.WriteString(".SH OPTIONS\n")
		}
		fmt.Fprintf(&b, ".SS %s\n", roff(purpose))
		flagsOf(cmd.Flags(), purpose).VisitAll(func(f *pflag.Flag) { b.WriteString(manFlag(f)) })
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.EX\n%s\n.EE\n", roff(strings.TrimRight(cmd.Example, "\n")))
	}
	b.WriteString(".SH SEE ALSO\n" + strings.Join(manRelatives(cmd), ",\n") + "\n")
	return b.String()
}

// pageName is the name of a command's page, such as mailtls-lab-serve.
func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// documented are the commands of cmd that have a page.
func documented(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, c)
		}
	}
	return out
}

// manRelatives are references to the pages of the command above and of those below.
func manRelatives(cmd *cobra.Command) []string {
	list := documented(cmd)
	if cmd.HasParent() {
		list = append([]*cobra.Command{cmd.Parent()}, list...)
	}
	var out []string
	for _, c := range list {
		out = append(out, "\\fB"+roff(pageName(c))+"\\fR(1)")
	}
	return out
}

// manFlag describes a flag: its names and what it takes, then what it does and what holds without it.
func manFlag(f *pflag.Flag) string {
	names := "\\fB" + roff("--"+f.Name) + "\\fR"
	if f.Shorthand != "" {
		names = "\\fB" + roff("-"+f.Shorthand) + "\\fR, " + names
	}
	takes, usage := pflag.UnquoteUsage(f)
	if takes != "" {
		names += " \\fI" + roff(takes) + "\\fR"
	}
	if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" {
		usage += " (default " + f.DefValue + ")"
	}
	return fmt.Sprintf(".TP\n%s\n%s\n", names, roff(usage))
}

// paragraphs are texts with an empty line between.
func paragraphs(text string) string {
	return strings.ReplaceAll(roff(strings.TrimSpace(text)), "\n\n", "\n.PP\n")
}

// roff escapes text so that it is printed as it is: backslashes, hyphens that must not become dashes, and dots and quotes
// at the start of a line.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
