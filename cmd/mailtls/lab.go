package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/spf13/cobra"
)

const labExample = `  mailtls lab list
  mailtls lab serve ancient
  mailtls lab serve strong-imap sslv3 --port 2500
  mailtls lab serve --port 2525 --log-clients`

func (a *app) labCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "Run mail servers with chosen weaknesses on this machine",
		Long: "The lab holds a mail server for every weakness that mailtls reports, some that\n" +
			"merely look weak, and hostile ones. They listen on this machine alone, carry\n" +
			"nobody's mail, and make their certificates anew at each start.",
		Example: labExample,
		Args:    takes(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.labListCommand(), a.labServeCommand())
	return cmd
}

func (a *app) labListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the servers of the lab",
		Args:  takes(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			for _, s := range labServers() {
				if _, err := fmt.Fprintf(a.stdout, "%-28s %-11s  %s\n", s.Name, s.Protocol, s.Title); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// runningLab is the lab with the servers that were started in it.
type runningLab struct {
	ca      *lab.CA
	running []*lab.Running
	watch   func(lab.Server, lab.Visit) // is told of each connection; nil: nobody is
}

func newLab() (*runningLab, error) {
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		return nil, fmt.Errorf("making the lab's certificates: %w", err)
	}
	return &runningLab{ca: ca}, nil
}

// labServer is the server of that name. An unknown name is a mistake on the command line.
func labServer(name string) (lab.Server, error) {
	s, ok := lab.ByName(name)
	if ok {
		return s, nil
	}
	if near, ok := spell.Nearest(name, labNames()); ok {
		return s, usageError{fmt.Errorf("no lab server is called %q: did you mean %s?", name, near)}
	}
	return s, usageError{fmt.Errorf("no lab server is called %q: mailtls lab list shows them", name)}
}

// start runs the server of that name.
func (l *runningLab) start(ctx context.Context, name, addr string) (*lab.Running, error) {
	s, err := labServer(name)
	if err != nil {
		return nil, err
	}
	if l.watch != nil {
		s.Watch = func(v lab.Visit) { l.watch(s, v) }
	}
	r, err := lab.Listen(ctx, s, l.ca, addr)
	if err != nil {
		return nil, err
	}
	l.running = append(l.running, r)
	return r, nil
}

// roots are the lab's root certificates in PEM.
func (l *runningLab) roots() []byte {
	var b bytes.Buffer
	for _, der := range l.ca.Roots() {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes everything
	}
	return b.Bytes()
}

func (l *runningLab) close() {
	for _, r := range l.running {
		r.Close()
	}
}

func labServers() []lab.Server { return slices.Concat(lab.All(), lab.Hostile()) }

func labNames() []string {
	var out []string
	for _, s := range labServers() {
		out = append(out, s.Name)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
