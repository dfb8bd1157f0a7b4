package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

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
  swaks --server 127.0.0.1:2525 --tls --to me@lab.test   from another terminal
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
