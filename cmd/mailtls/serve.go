package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/openid"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/servetls"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/web"
	"github.com/spf13/cobra"
)

const serveLong = `Serve pages on which a domain or a server is tested, and an API for programs. The
reports are kept in a SQLite file, and each has an address that stays. With a database
of PostgreSQL in its place, mailtls worker makes scans on other machines.

Only public addresses and the ports of mail are connected to, wherever the DNS
leads: --allow-private and --allow-port add to them, for servers of one's own
network. So that no foreign page can ask by a name that leads here, names of the
service other than localhost are to be given with --host or --tls-name.`

// closeTime is how long requests that are being answered may take when the program is to end.
const closeTime = 5 * time.Second

func (a *app) serveCommand() *cobra.Command {
	f := &serveFlags{workFlags: newWorkFlags(), listen: listenAddress{netip.MustParseAddrPort("127.0.0.1:8080")}, smtp: newSMTPFlags(), tls: newTLSFlags(),
		keepDays: number{max: maxDays}}
	f.database.value, f.workers.min = "mailtls.db", 0
	cmd := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Serve pages and an API that test mail servers",
		Long:  serveLong,
		Example: `  mailtls serve
  mailtls serve --listen 127.0.0.1:9000 --database /var/lib/mailtls/mailtls.db
  mailtls serve --host mailtls.example.org   behind a proxy of that name
  mailtls serve --listen [::]:443 --tls-name mailtls.example.org
  mailtls serve --allow-private 10.0.0.0/8   servers of one's own network, too
  mailtls serve --auth                       with accounts: see mailtls account`,
		Args: takes(0, 0, ""),
	}
	conf := new(settings)
	cmd.RunE = a.withSettings(conf, func(cmd *cobra.Command) error { return a.serve(cmd.Context(), f) })
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.Var(&f.listen, "listen", "where to be asked")
	fs.Var(&f.hosts, "host", "name of this service, beside localhost and addresses; may be repeated")
	fs.Var(&f.database, "database", "SQLite file with scans and reports, or a database as postgres://user@host:port/name")
	fs.Var(&f.workers, "workers", "scans at once; 0 leaves them all to mailtls worker")
	fs.Var(&f.keepDays, "keep-days", "days after which scans are removed, but for the last report of each target; 0 keeps all")
	fs.Var(&f.measurers, "metrics", "network whose machines may read /metrics, beside this one; may be repeated")
	fs.Var(&f.proxies, "proxy", "network of proxies whose X-Forwarded-For is believed, such as 127.0.0.0/8; may be repeated")
	group(fs, "How to serve", "listen", "host", "database", "workers", "keep-days", "metrics", "proxy")
	f.add(cmd)
	f.tls.add(fs)
	f.auth.add(fs)
	f.smtp.add(fs)
	conf.add(fs)
	return cmd
}

// contradiction reports flags that do not go together.
func (f *serveFlags) contradiction() error {
	switch {
	case f.workers.value == 0 && !f.database.shared():
		return errors.New("--workers 0 leaves all scans to mailtls worker, which needs --database postgres://user@host/name")
	}
	return cmp.Or(f.database.check(), f.tlsContradiction(), f.authContradiction())
}

func (a *app) serve(ctx context.Context, f *serveFlags) error {
	if err := f.contradiction(); err != nil {
		return usageError{err}
	}
	scans, err := f.scanning()
	if err == nil {
		scans.Watch, err = f.watch()
	}
	var dns resolve.Resolver
	if err == nil {
		dns, err = f.proofs()
	}
	var provider *openid.Provider
	if err == nil {
		provider, err = f.provider()
	}
	if err != nil {
		return err
	}
	scans.Log, scans.Keep = a.newLog(), time.Duration(f.keepDays.value)*24*time.Hour
	front, err := f.newFront(scans.Log)
	if err != nil {
		return err
	}
	defer front.close() // which serving does before, unless it never comes to that
	return a.withQueue(ctx, &f.workFlags, scans, func(db *store.Store, queue *jobs.Queue) error {
		cfg := web.Config{Store: db, Queue: queue, Hosts: f.names(), Ports: web.Ports(f.ports), Version: mailtls.Version(), Log: scans.Log, Measurers: f.measurers, Proxies: f.proxies,
			Auth: f.auth.on, Closed: f.auth.on && len(f.private) > 0, DNS: dns, OpenID: provider}
		if watch := scans.Watch; watch != nil {
			cfg.Hooks, cfg.Mail, cfg.URL = watch.Hooks, watch.SMTP != nil, watch.URL
		}
		if f.auth.on {
			if list, err := db.Accounts(ctx); err == nil && len(list) == 0 && provider == nil {
				fmt.Fprintf(a.stderr, "mailtls: there is no account yet: mailtls account add NAME --database … adds one\n")
			}
		}
		pages, err := web.New(cfg)
		if err != nil {
			return err
		}
		return a.answer(ctx, front, pages, scans.Log)
	})
}

// answer serves pages at the front until ctx ends.
func (a *app) answer(ctx context.Context, x *front, pages http.Handler, log *slog.Logger) error {
	asked, end := context.WithCancel(context.WithoutCancel(ctx)) // those who watch a scan are sent away at once
	defer end()
	ended := make(chan error, 2)
	main := newServer(asked, pages, log)
	servers := []*http.Server{main}
	go func() { ended <- x.serve(main) }()
	if x.plain != nil {
		plain := newServer(asked, x.redirect, log)
		servers = append(servers, plain)
		go func() { ended <- plain.Serve(x.plain) }()
	}
	if err := x.begin(asked); err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	fmt.Fprintf(a.stdout, "mailtls serves %s; Ctrl-C ends it.\n", x.url())
	select {
	case err := <-ended:
		return fmt.Errorf("serving %s: %w", x.url(), err)
	case <-ctx.Done():
	}
	end()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	var errs []error
	for _, srv := range servers {
		errs = append(errs, srv.Shutdown(closing))
	}
	return errors.Join(errs...)
}

// serve has a server answer where the service is asked.
func (x *front) serve(srv *http.Server) error {
	if x.tls == nil {
		return srv.Serve(x.listener)
	}
	srv.TLSConfig = x.tls
	return srv.ServeTLS(x.listener, "", "")
}

// newServer is one whose requests end with ctx, and that gives nobody time without end.
func newServer(ctx context.Context, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: servetls.ErrorLog(log), BaseContext: func(net.Listener) context.Context { return ctx }}
}
