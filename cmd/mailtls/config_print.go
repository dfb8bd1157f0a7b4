package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/spf13/pflag"
)

// write writes what is set as a file of settings, and by what in comments. Passwords are left out of addresses.
func (c *settings) write(w io.Writer, fs *pflag.FlagSet) error {
	var list []*pflag.Flag
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" && f.Name != "print-config" && f.Name != "help" {
			list = append(list, f)
		}
	})
	for _, f := range list {
		from, set := c.origin[f.Name]
		switch {
		case set:
			from = "by " + from
		case f.Changed:
			from = "by --" + f.Name
		default:
			from = "the default"
		}
		value := tomlOf(f.Value)
		line := f.Name + " = " + value
		if value == `""` { // no value at all: the flag takes none that is empty
			line = "# " + f.Name + " is not set"
		}
		if _, err := fmt.Fprintf(w, "%-50s # %s\n", line, from); err != nil {
			return err
		}
	}
	return nil
}

// tomlOf is the value of a flag in TOML.
func tomlOf(v pflag.Value) string {
	text := v.String()
	if repeats(v) {
		var out []string
		for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
			out = append(out, strconv.Quote(one))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil || text == "true" || text == "false" {
		return text
	}
	if d, ok := v.(*databaseName); ok {
		text = store.Redacted(d.value)
	}
	return strconv.Quote(text)
}
