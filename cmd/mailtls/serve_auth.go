package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/mailtls/mailtls/internal/resolve"
)

// authFlags are the flags of serve on accounts.
type authFlags struct {
	on bool
}

func (f *authFlags) add(fs *pflag.FlagSet) {
	fs.BoolVar(&f.on, "auth", false, "have accounts, which mailtls account adds: monitors are for who has one, and with --allow-private everything is")
	group(fs, "Who has something of their own", "auth")
}

// reached reports whether others than this machine can ask, by the address or by a proxy.
func (f *serveFlags) reached() bool { return f.listen.open() || len(f.names()) > 0 }

// authContradiction reports flags that do not go together with accounts, or need them.
func (f *serveFlags) authContradiction() error {
	switch {
	case !f.auth.on && f.listen.open() && len(f.private) > 0:
		return fmt.Errorf("--allow-private would open %s to whoever reaches %s: it needs accounts (--auth), or --listen on a loopback address", f.private.String(), f.listen.String())
	case !f.auth.on && len(f.names()) > 0 && len(f.private) > 0:
		names := f.names()
		return fmt.Errorf("--allow-private would open %s to whoever reaches %s: it needs accounts (--auth), or goes with localhost and addresses alone", f.private.String(), names.String())
	case f.auth.on && f.reached() && !f.tls.on() && !strings.HasPrefix(f.smtp.base.value, "https://"):
		return errors.New("--auth has people send passwords: where others than this machine reach the service, it needs HTTPS, by itself (--tls-name, --tls-cert), or by a proxy and --url https://… that says how people reach that")
	}
	return nil
}

// proofs is who is asked whether domains let an account watch them; nil without accounts.
func (f *serveFlags) proofs() (resolve.Resolver, error) {
	if !f.auth.on {
		return nil, nil
	}
	r, err := resolve.NewClient(resolve.Config{Servers: f.resolvers, Mode: resolve.Mode(f.dnssec.value)})
	if err != nil {
		return nil, usageError{err}
	}
	return r, nil
}
