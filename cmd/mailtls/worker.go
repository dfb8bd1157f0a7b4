package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/spf13/cobra"
)

const workerLong = `Make scans for mailtls serve, on as many machines as one likes: each works on what
waits in a database of PostgreSQL that they share. What a worker scans that dies is
made anew by another after about a minute.

A worker has no pages. Which addresses and ports are connected to is for each worker
to say: all should be told the same as mailtls serve.

A password belongs into the variable PGPASSWORD or MAILTLS_DATABASE, or into the file
of --config, rather than on the command line, which others on the machine can see.`

func (a *app) workerCommand() *cobra.Command {
	f := newWorkFlags()
	cmd := &cobra.Command{
		Use:   "worker --database URL [flags]",
		Short: "Make scans for mailtls serve, on other machines",
		Long:  workerLong,
		Example: `  mailtls worker --database postgres://mailtls@db.example.org/mailtls
  mailtls serve --database postgres://db.example.org/mailtls --workers 0`,
		Args: takes(0, 0, ""),
	}
	conf := new(settings)
	cmd.RunE = a.withSettings(conf, func(cmd *cobra.Command) error { return a.work(cmd.Context(), &f) })
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.Var(&f.database, "database", "that of mailtls serve: postgres://user@host:port/name")
	fs.Var(&f.workers, "workers", "scans at once")
	group(fs, "How to work", "database", "workers")
	f.add(cmd)
	conf.add(fs)
	return cmd
}

// work makes scans until ctx ends.
func (a *app) work(ctx context.Context, f *workFlags) error {
	if err := f.database.check(); err != nil {
		return usageError{err}
	}
	if !f.database.shared() {
		return usageError{errors.New("a worker shares its database with other programs: want --database postgres://user@host/name. A SQLite file is for one mailtls serve alone, which makes its scans itself")}
	}
	scans, err := f.scanning()
	if err != nil {
		return err
	}
	scans.Log = a.newLog()
	return a.withQueue(ctx, f, scans, func(*store.Store, *jobs.Queue) error {
		fmt.Fprintf(a.stdout, "mailtls makes scans, %d at once; Ctrl-C ends it.\n", f.workers.value)
		<-ctx.Done()
		return nil
	})
}
