package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// outputFlags say how and where to write a report.
type outputFlags struct {
	format  choice
	file    fileName
	color   choice
	verbose bool
	failOn  choice
	accept  acceptFlag
}

func (f *outputFlags) register(fs *pflag.FlagSet) {
	f.format = choice{value: "text", words: formatNames()}
	f.color = choice{value: "auto", words: []string{"auto", "always", "never"}}
	fs.Var(&f.format, "format", "how to write the report")
	fs.VarP(&f.file, "output", "o", "file to write the report to, instead of the terminal")
	fs.Var(&f.color, "color", "when to use colour")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "also show what is fine, and all lists whole")
	f.failOn = choice{words: failOnWords()}
	fs.Var(&f.failOn, "fail-on", "exit with code 1 if anything fails; or fails or is warned of; or is not known either")
	fs.Var(&f.accept, "accept", "file of findings that are accepted for a while (see docs/accept.md)")
	group(fs, "How to report", "format", "output", "color", "verbose", "fail-on", "accept")
}

func (f *outputFlags) complete(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(f.format.words, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(f.failOn.words, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(f.color.words, cobra.ShellCompDirectiveNoFileComp))
}

// output is where a report goes.
type output struct {
	flags *outputFlags
	file  *os.File // nil: standard output
}

// open opens the file, before a scan whose result could not be kept. What the file holds stays until the new report is
// written.
func (f *outputFlags) open(a *app) (*output, error) {
	if f.file.value == "" {
		return &output{flags: f}, nil
	}
	file, err := os.OpenFile(f.file.value, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, usageError{fmt.Errorf("the report's file cannot be written: %w", err)}
	}
	return &output{flags: f, file: file}, nil
}

// finish writes what a scan found, if anything, and returns what there is to tell about it: the findings that the user
// asked for with --fail-on, beside scanErr; else scanErr, if it is not nil; else whether the report is whole.
func (o *output) finish(a *app, r *report.Report, scanErr error) error {
	if r = o.acceptIn(a, r); r != nil {
		if err := o.write(a, r); err != nil {
			return err
		}
	}
	switch {
	case o.flags.format.value == nagios:
		return pluginResult(r, scanErr, a.stdout)
	case r != nil && trips(r, o.flags.failOn.value):
		return findingsError{scanErr}
	case scanErr != nil:
		return scanErr
	case !r.Complete():
		return errIncomplete
	}
	return nil
}

// write writes r in the form that the user chose.
func (o *output) write(a *app, r *report.Report) error {
	var b bytes.Buffer
	if err := o.render(a, &b, r); err != nil {
		return err
	}
	if o.file == nil {
		_, err := a.stdout.Write(b.Bytes())
		return err
	}
	if info, err := o.file.Stat(); err == nil && info.Mode().IsRegular() { // pipes and terminals hold nothing to wipe
		if err := o.file.Truncate(0); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	if _, err := o.file.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (o *output) render(a *app, b *bytes.Buffer, r *report.Report) error {
	if f, ok := formatNamed(o.flags.format.value); ok {
		return f.write(b, r)
	}
	if o.file != nil {
		return report.WriteText(b, r, a.textOptions(o.file, o.flags.color.value, o.flags.verbose))
	}
	return report.WriteText(b, r, a.textOptions(a.stdout, o.flags.color.value, o.flags.verbose))
}

func (o *output) close() {
	if o.file != nil {
		o.file.Close()
	}
}
