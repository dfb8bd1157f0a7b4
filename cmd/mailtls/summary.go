package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

func (a *app) summaryCommand() *cobra.Command {
	format, file := choice{value: "text", words: []string{"text", "csv", "html"}}, fileName{}
	cmd := &cobra.Command{
		Use:   "summary [flags] FILE",
		Short: "Show how many domains of a list do what",
		Long: `Show what came of a scan of many domains: which versions they speak, forward
secrecy, STARTTLS, DANE, MTA-STS and TLSRPT, the most frequent findings, and who
provides them. The file is the journal of mailtls scan --file, or the JSON lines
that it or mailtls db export wrote. A domain counts once, by its last report.`,
		Example: `  mailtls summary domains.txt.mailtls
  mailtls summary --format html -o summary.html results.jsonl`,
		Args: takes(1, 1, "a journal, or the JSON lines of mailtls scan --file"),
		RunE: func(_ *cobra.Command, args []string) error {
			s, left, err := summaryOf(args[0])
			if err != nil {
				return fmt.Errorf("%s: %w", report.Escape(args[0]), err)
			}
			if err := a.toFile(file.value, func(w io.Writer) error { return writeAs(w, s, format.value) }); err != nil || left == 0 {
				return err
			}
			fmt.Fprintf(a.stderr, "mailtls: %s of the list have no result yet: mailtls scan --resume goes on\n", count(left, "name"))
			return errIncomplete
		},
	}
	fs := cmd.Flags()
	fs.Var(&format, "format", "how to write the summary")
	fs.VarP(&file, "output", "o", "file to write it to, instead of the terminal")
	group(fs, "How to report", "format", "output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(format.words, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func writeAs(w io.Writer, s *bulk.Summary, format string) error {
	switch format {
	case "csv":
		return s.WriteCSV(w)
	case "html":
		return s.WriteHTML(w)
	}
	return s.WriteText(w)
}

// summaryOf counts what is in a journal, or in JSON lines, and how many names have no result yet.
func summaryOf(path string) (s *bulk.Summary, left int, err error) {
	switch info, err := os.Stat(path); { // of a journal it would be said that there is none, which may not have been meant
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, usageError{errors.New("there is no such file")}
	case err == nil && info.IsDir():
		return nil, 0, usageError{errors.New("it is a directory")}
	case err == nil && info.Mode().IsRegular() && info.Size() == 0:
		return nil, 0, usageError{errors.New("there is nothing in it")}
	}
	s = bulk.NewSummary()
	add := func(r bulk.Row) error { s.Add(r); return nil }
	j, err := journal.OpenRead(path)
	if err == nil {
		left, err = bulk.EachKept(j, add)
		return s, left, errors.Join(err, j.Close())
	}
	if !errors.Is(err, journal.ErrOther) {
		return nil, 0, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	err = bulk.ReadLast(file, add)
	if _, unread := errors.AsType[*fs.PathError](err); err != nil && !unread { // it is of something else
		err = usageError{err}
	}
	return s, 0, err
}

// writeSummary writes what came of a scan of many domains.
func (a *app) writeSummary(ctx context.Context, w io.Writer, run *bulk.Run) (left int, err error) {
	s := bulk.NewSummary()
	left, err = run.EachRow(ctx, func(r bulk.Row) error { s.Add(r); return nil })
	if err == nil {
		err = s.WriteText(w)
	}
	return left, err
}
