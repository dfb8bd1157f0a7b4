package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/mailtls/mailtls/internal/openid"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/web"
	"github.com/mailtls/mailtls/report"
)

// authFlags are the flags of serve on accounts.
type authFlags struct {
	on       bool
	issuer   string
	clientID string
	secret   fileName
}

func (f *authFlags) add(fs *pflag.FlagSet) {
	fs.BoolVar(&f.on, "auth", false, "have accounts, which mailtls account adds: monitors and campaigns are for who has one, and with --allow-private everything is")
	fs.StringVar(&f.issuer, "oidc-issuer", "", "`URL` of an OpenID provider that people may sign in by, too, such as https://id.example.org")
	fs.StringVar(&f.clientID, "oidc-client-id", "", "`name` by which it knows this service")
	fs.Var(&f.secret, "oidc-credentials", "file with the secret that it gave this service")
	group(fs, "Who has something of their own", "auth", "oidc-issuer", "oidc-client-id", "oidc-credentials")
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

// provider is the OpenID provider that the flags name; nil if they name none.
func (f *serveFlags) provider() (*openid.Provider, error) {
	a := &f.auth
	switch {
	case a.issuer == "" && a.clientID == "" && a.secret.value == "":
		return nil, nil
	case !a.on || a.issuer == "" || a.clientID == "" || f.smtp.base.value == "":
		return nil, usageError{errors.New("people sign in by an OpenID provider with --auth, --oidc-issuer, --oidc-client-id, and --url, where they come back to")}
	}
	secret, err := a.readSecret()
	if err != nil {
		return nil, usageError{err}
	}
	p, err := openid.New(openid.Config{Issuer: a.issuer, ClientID: a.clientID, Secret: secret, Redirect: f.smtp.base.value + web.OpenIDReturn, Private: f.private})
	if err != nil {
		return nil, usageError{fmt.Errorf("--oidc-issuer %q: %w", a.issuer, err)}
	}
	return p, nil
}

// readSecret is what the file of --oidc-credentials has in its only line; "" without one.
func (f *authFlags) readSecret() (string, error) {
	if f.secret.value == "" {
		return "", nil
	}
	text, err := os.ReadFile(f.secret.value)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || len(secret) > maxCredentials || strings.ContainsAny(secret, "\r\n") {
		return "", fmt.Errorf("%s: want one line, with the secret", report.Escape(f.secret.value))
	}
	return secret, nil
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
