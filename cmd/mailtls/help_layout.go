package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// Columns of the help, which is as wide as the narrowest usual terminal.
const (
	helpWidth = 79
	flagText  = 28 // where the text of a flag begins; longer names have it beneath
)

// reflow breaks the paragraphs of a text, which is our own, anew. Lines that begin with a space are left as they are.
func reflow(text string) string {
	var out, paragraph []string
	flush := func() {
		out = append(out, wrapped(strings.Join(paragraph, " "), helpWidth)...)
		paragraph = nil
	}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimRight(line, "\n")
		if line != "" && line[0] != ' ' {
			paragraph = append(paragraph, line)
			continue
		}
		flush()
		out = append(out, line)
	}
	flush()
	return strings.Join(out, "\n")
}

// entry writes a name and what it is, which begins at a column.
func entry(w io.Writer, name, text string, column int) {
	lines := wrapped(text, helpWidth-column)
	if len(lines) == 0 || len(name)+2 > column {
		fmt.Fprintln(w, name)
		name = ""
	}
	for _, line := range lines {
		fmt.Fprintf(w, "%-*s%s\n", column, name, line)
		name = ""
	}
}

// flagEntry writes a flag: its names, what it takes, what it does, and what it is by default.
func flagEntry(w io.Writer, f *pflag.Flag) {
	takes, text := pflag.UnquoteUsage(f)
	name := "      --" + f.Name
	if f.Shorthand != "" {
		name = "  -" + f.Shorthand + ", --" + f.Name
	}
	switch {
	case f.NoOptDefVal != "" && takes != "":
		name += "[=" + takes + "]"
	case len(name)+len(takes) > helpWidth: // many words to choose from
		name, text = name+" name", text+": "+strings.ReplaceAll(takes, "|", ", ")
	case takes != "":
		name += " " + takes
	}
	if !nothing(f.DefValue) {
		text += " (default " + f.DefValue + ")"
	}
	entry(w, name, text, flagText)
}

// nothing reports whether a default needs no word.
func nothing(value string) bool {
	return value == "" || value == "0" || value == "0s" || value == "false" || value == "[]"
}
