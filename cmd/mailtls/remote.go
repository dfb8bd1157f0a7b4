package main

import (
	"context"
	"errors"
	"fmt"
	neturl "net/url"

	"github.com/spf13/cobra"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

const remoteLong = `Have a service that mailtls serve runs scan a domain or a server, from where it is,
and report on that here as mailtls scan does. It keeps the report, and whoever asks
it for the same scan meanwhile gets the same one.

A service may want a token of an account, for the scopes scan and read. It is read
from a file, or from the variable MAILTLS_TOKEN: others can see a command line.

Where the service has enough of us for now, it is asked again when it says, for up to
2 minutes.

Exit codes: as of mailtls scan.`

// remoteFlags are those of remote.
type remoteFlags struct {
	outputFlags
	whom
	policies policyFlag
	full     bool
}

func (a *app) remoteCommand() *cobra.Command {
	f := &remoteFlags{whom: newWhom()}
	cmd := &cobra.Command{
		Use:   "remote [flags] TARGET",
		Short: "Have a web service of mailtls scan",
		Long:  remoteLong,
		Example: `  mailtls remote --server https://mailtls.example.org example.org
  mailtls remote --full --format json imaps://mail.example.org`,
		Args: takes(1, 1, "a domain, or a server such as imaps://mail.example.org"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.remote(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	f.whom.add(fs)
	fs.BoolVar(&f.full, "full", false, "ask all there is to ask, attacks among it, instead of what decides the verdict")
	group(fs, "Whom to ask", "full")
	f.register(fs)
	f.policies.register(fs, "How to judge")
	f.policies.complete(cmd)
	f.complete(cmd)
	cmd.AddCommand(a.remoteCampaignCommand())
	return cmd
}

func (a *app) remote(ctx context.Context, f *remoteFlags, target string) error {
	out, err := f.open(a)
	if err != nil {
		return err
	}
	defer out.close()
	r, err := a.scanRemotely(ctx, f, target)
	if err != nil {
		return err
	}
	if len(f.policies.list) > 0 {
		mail, err := policy.Named(policy.Mail)
		if err != nil {
			return err
		}
		r = report.Judge(r, mail, f.policies.list, r.Run.Start)
	}
	return out.finish(a, r, nil)
}

// scanRemotely orders a scan, shows how it goes on a terminal, and returns its report.
func (a *app) scanRemotely(ctx context.Context, f *remoteFlags, target string) (*report.Report, error) {
	s, err := a.service(&f.whom)
	if err != nil {
		return nil, err
	}
	scan, err := s.order(ctx, target, !f.full)
	_, shown := terminal(a.stderr)
	for err == nil && !scan.over() {
		err = s.follow(ctx, scan, func(step remoteStep) {
			if shown {
				fmt.Fprintf(a.stderr, "%s: %s\n", report.Escape(step.Server), report.Escape(step.Text))
			}
		})
		if err == nil {
			scan, err = s.scan(ctx, scan.ID)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.server.String(), err)
	}
	if scan.State != "done" {
		return nil, fmt.Errorf("%s could not scan %s: %s", f.server.String(), report.Escape(target), report.Escape(scan.Why))
	}
	r, err := s.report(ctx, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: the report of scan %s: %w", f.server.String(), report.Escape(scan.ID), err)
	}
	return r, nil
}

// serviceURL is a flag that takes the address of a service.
type serviceURL struct{ value *neturl.URL }

func (u *serviceURL) String() string { return u.value.Redacted() }

// Type is shown in the help as what the flag takes.
func (u *serviceURL) Type() string { return "URL" }

func (u *serviceURL) Set(s string) error {
	v, err := neturl.Parse(s)
	if err != nil || v.Scheme != "http" && v.Scheme != "https" || v.Host == "" || v.RawQuery != "" || v.Fragment != "" {
		return errors.New("want the address of a service, such as https://mailtls.example.org")
	}
	u.value = v
	return nil
}
