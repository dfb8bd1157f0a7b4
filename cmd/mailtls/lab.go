package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
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
		Long: "The lab holds a mail server for every weakness that mailtls reports, some whose\n" +
			"weakness it does not report yet, such as passwords in the clear, and hostile\n" +
			"ones. They listen on this machine alone, carry nobody's mail, and make their\ncertificates anew at each start.",
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

func (a *app) labServeCommand() *cobra.Command {
	port := &number{max: maxPort}
	var ca string
	log := new(logFlags)
	cmd := &cobra.Command{
		Use:     "serve [flags] [NAME...]",
		Short:   "Run servers of the lab until Ctrl-C",
		Long:    labServeLong,
		Example: labServeExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := log.check(cmd.Flags()); err != nil {
				return err
			}
			switch {
			case len(args) == 0 && log.path.value == "":
				return usageError{errors.New("serve: want the name of a server; see mailtls lab serve --help")}
			case len(args) == 0:
				args = []string{logServer}
			}
			return a.serveLab(cmd.Context(), args, port.value, ca, log)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return labNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().Var(port, "port", "port of the first server, the others follow; 0: any free ones")
	group(cmd.Flags(), "Where to listen", "port")
	cmd.Flags().StringVar(&ca, "write-ca", "", "write the lab's root certificates to this `file`, for scan --ca-file")
	group(cmd.Flags(), "Certificates", "write-ca")
	log.register(cmd.Flags())
	return cmd
}

const labServeLong = `Run servers of the lab until Ctrl-C.

With --log-clients, they tell of each client what it offers: versions, cipher suites,
groups, signature schemes, whether it asked for TLS at all; and what the policy thinks
of that. So you see what your own server does when it sends: have it deliver a test
mail to the lab, which takes none and bounces it. The client is also saved as a
program for mailtls clients, in ` + logDefault + ` unless =FILE or =FOLDER says another place.`

const labServeExample = `  mailtls lab serve ancient
  mailtls lab serve strong-imap sslv3 --port 2500
  mailtls lab serve --port 2525 --log-clients
  swaks --server 127.0.0.1:2525 --tls --to me@lab.test     from another terminal
  mailtls clients --profile ` + logDefault + ` --alone --report report.json`

const maxPort = 65535

func (a *app) serveLab(ctx context.Context, names []string, port int, caFile string, log *logFlags) error {
	if last := port + len(names) - 1; port > 0 && last > maxPort {
		return usageError{fmt.Errorf("--port %d leaves no port for the last of %d servers: want at most %d", port, len(names), maxPort-len(names)+1)}
	}
	for _, name := range names {
		if _, err := labServer(name); err != nil { // before any is started
			return log.meant(name, err)
		}
	}
	l, err := newLab()
	if err != nil {
		return err
	}
	defer l.close()
	if log.path.value != "" {
		clients, err := log.open(a)
		if err != nil {
			return err
		}
		l.watch = clients.watch
	}
	if caFile != "" {
		if err := os.WriteFile(caFile, l.roots(), 0o644); err != nil {
			return fmt.Errorf("writing the lab's roots: %w", err)
		}
	}
	for i, name := range names {
		addr := "127.0.0.1:0"
		if port > 0 {
			addr = fmt.Sprintf("127.0.0.1:%d", port+i)
		}
		r, err := l.start(ctx, name, addr)
		if err != nil {
			return err
		}
		fmt.Fprintf(log.place(a), "%-32s %s: %s\n", labTarget(r), name, r.Server.Title)
	}
	fmt.Fprintln(a.stderr, "Ctrl-C ends it.")
	<-ctx.Done()
	return nil
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
