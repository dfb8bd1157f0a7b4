package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/optout"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/web"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/cobra"
)

// workFlags are the flags of programs that make scans for the web service.
type workFlags struct {
	database  databaseName
	workers   number
	private   prefixes
	ports     portNumbers
	resolvers resolverFlag
	dnssec    choice
	optOut    fileName
	ca        certFile
}

func newWorkFlags() workFlags {
	return workFlags{workers: number{value: 4, min: 1, max: 1000}, dnssec: choice{value: "local", words: []string{"local", "trust", "off"}}}
}

// add defines those that say what to scan.
func (f *workFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Var(&f.private, "allow-private", "network whose addresses may be scanned although they are not public; may be repeated")
	fs.Var(&f.ports, "allow-port", "port that may be scanned beside those of mail; may be repeated")
	fs.Var(&f.resolvers, "resolver", "name server to ask about domains, instead of this machine's; may be repeated")
	fs.Var(&f.dnssec, "dnssec", "who validates what the DNS says: this program, or the name server, if it is to be trusted; or nobody")
	fs.Var(&f.optOut, "opt-out", "file of domains, hosts, addresses and networks that are left alone, one on a line; those that say so in the DNS are, anyway")
	fs.Var(&f.ca, "ca-file", "trust the certificates in this file, too, beside Mozilla's roots: those of your own authority")
	group(fs, "What to scan", "allow-private", "allow-port", "resolver", "dnssec", "opt-out", "ca-file")
	_ = cmd.RegisterFlagCompletionFunc("dnssec", cobra.FixedCompletions(f.dnssec.words, cobra.ShellCompDirectiveNoFileComp))
}

// scanning is how scans are made: where they may go, and whom they leave alone. The error tells what is wrong with the flags.
func (f *workFlags) scanning() (jobs.Config, error) {
	list, err := f.optedOut()
	if err != nil {
		return jobs.Config{}, usageError{err}
	}
	if _, err := resolve.NewClient(resolve.Config{Servers: f.resolvers, Mode: resolve.Mode(f.dnssec.value)}); err != nil { // as each scan will
		return jobs.Config{}, usageError{err}
	}
	asked, err := resolve.NewClient(resolve.Config{Servers: f.resolvers, Mode: resolve.Off}) // for all scans: it remembers what it was told
	if err != nil {
		return jobs.Config{}, usageError{err}
	}
	allow := web.Allow(f.private, web.Ports(f.ports))
	return jobs.Config{Workers: f.workers.value,
		Refuse: func(ctx context.Context, target string) error { return list.Target(ctx, asked, target) },
		Scan: mailtls.Config{Resolvers: f.resolvers, DNSSEC: f.dnssec.value, ExtraRoots: f.ca.certs, AllowHost: func(ctx context.Context, host string) error {
			return list.Host(ctx, asked, host)
		}, Allow: func(a netip.AddrPort) error {
			return cmp.Or(list.Address(a.Addr()), allow(a))
		}}}, nil
}

// optedOut are those whom the file of --opt-out lists.
func (f *workFlags) optedOut() (*optout.List, error) {
	if f.optOut.value == "" {
		return new(optout.List), nil
	}
	file, err := os.Open(f.optOut.value)
	if err != nil {
		return nil, fmt.Errorf("the list of those who want no scans: %w", err)
	}
	defer file.Close()
	list, err := optout.Read(file)
	if err != nil {
		return nil, fmt.Errorf("the list of those who want no scans, %s: %w", report.Escape(f.optOut.value), err)
	}
	return list, nil
}

// withQueue opens the database, begins to make scans as cfg says, and ends that when do has.
func (a *app) withQueue(ctx context.Context, f *workFlags, cfg jobs.Config, do func(*store.Store, *jobs.Queue) error) (err error) {
	db, err := store.Open(ctx, f.database.value)
	if err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Alone(); err != nil {
		return usageError{err}
	}
	queue, err := jobs.Start(ctx, db, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, queue.Stop(context.WithoutCancel(ctx))) }()
	if f.workers.value > 0 {
		defer f.warnOfDNS(ctx, cfg.Log)()
	}
	return do(db, queue)
}

// warnOfDNS tells meanwhile which name servers are not there, or not able to do DNSSEC: each report says so, which nobody reads as what is
// wrong here. What it returns ends that.
func (f *workFlags) warnOfDNS(ctx context.Context, log *slog.Logger) (end func()) {
	dns, err := resolve.NewClient(resolve.Config{Servers: f.resolvers, Mode: resolve.Mode(f.dnssec.value)})
	if err != nil {
		return func() {} // scanning has told
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		silent, unable := dns.Lacks(ctx)
		if ctx.Err() != nil {
			return
		}
		for _, why := range silent {
			log.Warn("a name server did not answer at the start", "why", why)
		}
		for _, why := range unable {
			log.Warn("DNSSEC and DANE stay unknown by way of a name server", "why", why)
		}
	}()
	return func() { cancel(); <-done }
}

// newLog tells of what goes wrong while the program serves or works, and of what it does on its own.
func (a *app) newLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// databaseName is a flag that takes a SQLite file or the URL of a database.
type databaseName struct{ value string }

func (d *databaseName) String() string { return d.value }

// Type is shown in the help as what the flag takes.
func (d *databaseName) Type() string { return "file|URL" }

// Set never has what is given in its errors, which flagError would show: there may be a password in it.
func (d *databaseName) Set(s string) error {
	if s == "" {
		return errors.New("want the name of a file, or postgres://user@host/name")
	}
	d.value = s
	return nil
}

// shared reports whether several programs can use the database at once.
func (d *databaseName) shared() bool { return store.IsPostgres(d.value) }

// name is how the database is named to people: a file by its whole path, and never with a password.
func (d *databaseName) name() string {
	if d.shared() {
		return store.Redacted(d.value)
	}
	if whole, err := filepath.Abs(d.value); err == nil {
		return whole
	}
	return d.value
}

// check reports an URL of another kind, which is no file.
func (d *databaseName) check() error {
	if scheme, _, ok := strings.Cut(d.value, "://"); ok && !d.shared() {
		return fmt.Errorf("--database takes the name of a SQLite file or postgres://user@host/name, and no URL that begins with %q", scheme+"://")
	}
	return nil
}
