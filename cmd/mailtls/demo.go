package main

import (
	"context"
	"fmt"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/spf13/cobra"
)

// labName is a name that the certificates of the lab are valid for.
const labName = "mail.lab.test"

// demoServers are the lab servers that the demo scans, the frightening one first.
func demoServers() []string { return []string{"ancient", "strong"} }

func (a *app) demoCommand() *cobra.Command {
	f := new(outputFlags)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work, without a network",
		Long: "Start a weak and a strong mail server on this machine, scan both, and show the\n" +
			"report. Nothing leaves the machine, and nothing is left behind.",
		Args: takes(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runDemo(cmd.Context(), f) },
	}
	cmd.Flags().SortFlags = false
	f.register(cmd.Flags())
	f.complete(cmd)
	return cmd
}

func (a *app) runDemo(ctx context.Context, f *outputFlags) error {
	out, err := f.open(a)
	if err != nil {
		return err
	}
	defer out.close()
	l, err := newLab()
	if err != nil {
		return err
	}
	defer l.close()
	var targets []string
	for _, name := range demoServers() {
		r, err := l.start(ctx, name, "127.0.0.1:0")
		if err != nil {
			return err
		}
		targets = append(targets, labTarget(r))
		fmt.Fprintf(a.stderr, "%s is a server with %s.\n", labTarget(r), r.Server.Title)
	}
	fmt.Fprintln(a.stderr)
	r, scanErr := a.scanAll(ctx, targets, &mailtls.Config{Timeout: 5 * time.Second, ServerName: labName, Roots: l.ca.Pool()})
	return out.finish(a, r, scanErr)
}

// labTarget is what to scan for a running lab server.
func labTarget(r *lab.Running) string { return fmt.Sprintf("%s://%s", r.Server.Protocol, r.Addr) }
