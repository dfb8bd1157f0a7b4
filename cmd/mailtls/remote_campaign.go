package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	neturl "net/url"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

const remoteCampaignLong = `Have a service that mailtls serve runs scan many domains, from where it and its
workers are: submit their list, watch how far that is, and take what came of it.`

// campaignsPath is where the API has campaigns.
const campaignsPath = "/api/v1/campaigns"

func (a *app) remoteCampaignCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "campaign COMMAND", Short: "Have a web service scan many domains", Long: remoteCampaignLong, Args: a.noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(a.remoteSubmitCommand(), a.remoteWatchCommand(), a.remoteExportCommand())
	return cmd
}

// remoteCampaign is a campaign as the service tells of it.
type remoteCampaign struct {
	ID, Page, Events string
	Progress         remoteProgress
}

// remoteProgress is how far it is.
type remoteProgress struct {
	State, Text   string
	Names, Faults int
}

func (a *app) remoteSubmitCommand() *cobra.Command {
	name, full, by := "", false, choice{value: policy.Mail, words: policy.Names()}
	cmd := &cobra.Command{Use: "submit [flags] FILE", Short: "Submit a list of domains",
		Long:    "Submit a list of domains, as mailtls scan --file reads it; - is the standard input. The ID of\nthe campaign is printed, and where people see it.",
		Example: "  mailtls remote campaign submit domains.txt\n  mailtls remote campaign submit --policy rfc9325 -",
		Args:    takes(1, 1, "a file with domains, one on a line or in a column; or -")}
	f, fs := newWhom(), cmd.Flags()
	f.add(fs)
	fs.StringVar(&name, "name", "", "`name` that people see; else the date")
	fs.Var(&by, "policy", "policy to judge by, beside the policy mail")
	fs.BoolVar(&full, "full", false, "ask everything of each server, with many connections; else scans are quick")
	group(fs, "What to do", "name", "policy", "full")
	_ = cmd.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions(by.words, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		query := neturl.Values{"policy": {by.value}, "quick": {strconv.FormatBool(!full)}}
		if name != "" {
			query.Set("name", name)
		}
		return a.asking(&f, func(s *service) error { return a.submit(cmd.Context(), s, args[0], query) })
	}
	return cmd
}

// asking does something with the service that is meant, and says of which an error is.
func (a *app) asking(f *whom, do func(*service) error) error {
	s, err := a.service(f)
	if err != nil {
		return err
	}
	err = do(s)
	if _, usage := errors.AsType[usageError](err); err == nil || usage || errors.Is(err, errIncomplete) {
		return err
	}
	return fmt.Errorf("%s: %w", f.server.String(), err)
}

// submit sends a list, and tells what became of it.
func (a *app) submit(ctx context.Context, s *service, file string, query neturl.Values) error {
	in := a.stdin
	if file != "-" {
		list, err := os.Open(file)
		if err != nil {
			return usageError{fmt.Errorf("the list cannot be read: %w", err)}
		}
		defer list.Close()
		in = list
	}
	c, err := s.campaign(s.send(ctx, http.MethodPost, campaignsPath, query, "text/plain", in))
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s\n%s\n", report.Escape(c.ID), report.Escape(s.base.JoinPath(c.Page).String()))
	if c.Progress.Faults > 0 {
		fmt.Fprintf(a.stderr, "mailtls: %s of the list without a domain: the page and the results tell which\n", count(c.Progress.Faults, "line"))
	}
	return nil
}

// campaign reads what the service says of one.
func (s *service) campaign(res *http.Response, err error) (*remoteCampaign, error) {
	c := new(remoteCampaign)
	if err = decoded(res, err, c); err == nil && c.ID == "" {
		err = errNotServed
	}
	return c, err
}

func (s *service) campaignOf(ctx context.Context, id string) (*remoteCampaign, error) {
	return s.campaign(s.call(ctx, campaignsPath+"/"+neturl.PathEscape(id), nil))
}
