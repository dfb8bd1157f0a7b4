package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

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
	flags   *outputFlags
	stream  io.Writer // one of the program's own outputs; nil: file
	file    *os.File
	created bool // by us, and nothing is in it yet
}

// open opens the file, before a scan whose result could not be kept. What the file holds stays until the new report is
// whole.
func (f *outputFlags) open(a *app) (*output, error) {
	if f.file.value == "" {
		return &output{flags: f, stream: a.stdout}, nil
	}
	file, created, err := createNew(f.file.value)
	if err != nil {
		return nil, usageError{fmt.Errorf("the report's file cannot be written: %w", err)}
	}
	return &output{flags: f, stream: a.streamTo(file), file: file, created: created}, nil
}

// streamTo returns the one of the program's own outputs that goes to file as well, as /dev/stdout does; nil if none does. By
// its own hand on the file it would write over what others have written there.
func (a *app) streamTo(file *os.File) io.Writer {
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	for _, w := range []io.Writer{a.stdout, a.stderr} {
		if f, ok := fileOf(w); ok {
			if its, err := f.Stat(); err == nil && os.SameFile(info, its) {
				return w
			}
		}
	}
	return nil
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
	if o.stream != nil {
		_, err := o.stream.Write(b.Bytes())
		return err
	}
	o.created = false
	if err := o.save(b.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// save puts text into the file: in place of what it holds, if it holds anything, which pipes and terminals do not.
func (o *output) save(text []byte) error {
	info, err := o.file.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		_, err = o.file.Write(text)
		return err
	case isDescriptor(o.file.Name()):
		_, err = o.file.Write(text)
		return errors.Join(err, o.file.Truncate(int64(len(text))))
	}
	return replaceFile(o.file.Name(), text)
}

// isDescriptor reports whether a path names a file that a program has opened, who goes on with it.
func isDescriptor(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/")
}

func (o *output) render(a *app, b *bytes.Buffer, r *report.Report) error {
	if f, ok := formatNamed(o.flags.format.value); ok {
		return f.write(b, r)
	}
	to := o.stream
	if to == nil {
		to = o.file
	}
	return report.WriteText(b, r, a.textOptions(to, o.flags.color.value, o.flags.verbose))
}

// close closes the file. One that was made for a report that did not come is gone again.
func (o *output) close() {
	if o.file == nil {
		return
	}
	o.file.Close()
	if o.created {
		_ = os.Remove(o.file.Name())
	}
}
