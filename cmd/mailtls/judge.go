package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

const judgeLong = `Judge the evidence of an earlier scan again, without a packet: what
mailtls scan --format json wrote, from a file or, as -, from standard input.

The grade is by the policy mail; others, as many as you name, give verdicts beside
it. Certificates and the dates of policies are judged as of the time of the scan,
unless --at says otherwise.

Exit codes: as of mailtls scan.`

const judgeExample = `  mailtls judge report.json
  mailtls judge --policy rfc9325 --policy bsi-tr-03108 report.json
  mailtls judge --policy house-rules.json --at now report.json
  mailtls scan --format json smtp://mail.example.org | mailtls judge -`

func (a *app) judgeCommand() *cobra.Command {
	f := new(outputFlags)
	at, policies := new(moment), new(policyFlag)
	cmd := &cobra.Command{
		Use:     "judge [flags] FILE",
		Short:   "Judge the evidence of an earlier scan again",
		Long:    judgeLong,
		Example: judgeExample,
		Args:    takes(1, 1, "a file that mailtls scan --format json wrote, or - for standard input"),
		RunE:    func(_ *cobra.Command, args []string) error { return a.runJudge(f, policies, at, args[0]) },
	}
	cmd.Flags().SortFlags = false
	f.register(cmd.Flags())
	policies.register(cmd.Flags(), "How to judge")
	policies.complete(cmd)
	cmd.Flags().Var(at, "at", "as of when to judge: now, a day such as 2026-12-31, or a time")
	group(cmd.Flags(), "How to judge", "at")
	f.complete(cmd)
	return cmd
}

func (a *app) runJudge(f *outputFlags, policies *policyFlag, at *moment, file string) error {
	r, err := a.readReport(file)
	if err != nil {
		return err
	}
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return err
	}
	out, err := f.open(a)
	if err != nil {
		return err
	}
	defer out.close()
	return out.finish(a, report.Judge(r, mail, policies.list, at.value), nil)
}

// readReport reads a report from a file, or from standard input if that is its name.
func (a *app) readReport(file string) (*report.Report, error) {
	in := a.stdin
	if file == "-" {
		file = "standard input"
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, usageError{fmt.Errorf("the evidence cannot be read: %w", err)}
		}
		defer f.Close()
		in = f
	}
	r, err := report.ReadJSON(in)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", report.Escape(file), err)}
	}
	return r, nil
}

// moment is a flag that takes a time.
type moment struct{ value time.Time }

func (m *moment) String() string {
	if m.value.IsZero() {
		return ""
	}
	return m.value.Format(time.RFC3339)
}

// Type is shown in the help as what the flag takes.
func (m *moment) Type() string { return "time" }

func (m *moment) Set(s string) error {
	if s == "now" {
		m.value = time.Now().UTC()
		return nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil && !t.IsZero() {
			m.value = t.UTC()
			return nil
		}
	}
	return errors.New("want now, a day such as 2026-12-31, or a time such as 2026-12-31T12:00:00Z")
}
