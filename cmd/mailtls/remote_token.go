package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	neturl "net/url"
	"os"
	"strings"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/pflag"
)

// whom are the flags that say which service is asked, and what it is shown.
type whom struct {
	server serviceURL
	token  fileName
	roots  certFile
}

func newWhom() whom {
	return whom{server: serviceURL{value: &neturl.URL{Scheme: "http", Host: "127.0.0.1:8080"}}}
}

func (f *whom) add(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.Var(&f.server, "server", "address of the service")
	fs.Var(&f.token, "token-file", "file with a token of an account of the service; else the variable MAILTLS_TOKEN has it")
	fs.Var(&f.roots, "ca-file", "authorities to trust beside this machine's, for the service's certificate, in PEM")
	group(fs, "Whom to ask", "server", "token-file", "ca-file")
}

// service is the one that is asked.
func (a *app) service(f *whom) (*service, error) {
	token, err := a.token(f)
	if err != nil {
		return nil, err
	}
	if f.roots.path != "" && f.server.value.Scheme != "https" {
		return nil, usageError{fmt.Errorf("--ca-file is for a service with HTTPS, which %s is not", f.server.String())}
	}
	roots, err := f.trusted()
	if err != nil {
		return nil, err
	}
	return newService(f.server.value, token, roots, a.stderr), nil
}

// trusted are the authorities that the service's certificate may be of; nil: those of this machine.
func (f *whom) trusted() (*x509.CertPool, error) {
	if len(f.roots.certs) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("the authorities that this machine trusts: %w", err)
	}
	for _, c := range f.roots.certs {
		pool.AddCert(c)
	}
	return pool, nil
}

// token is the one that a service is shown; empty is none. It goes nowhere in the clear, but on this machine.
func (a *app) token(f *whom) (string, error) {
	token, from := a.getenv("MAILTLS_TOKEN"), "MAILTLS_TOKEN"
	if path := f.token.value; path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", usageError{err}
		}
		token, from = string(text), report.Escape(path)
		if strings.TrimSpace(token) == "" {
			return "", usageError{fmt.Errorf("%s: there is no token in it", from)}
		}
	}
	token = strings.TrimSpace(token)
	switch {
	case token == "":
		return "", nil
	case !account.IsToken(token):
		return "", usageError{fmt.Errorf("%s: this is no token, which begins with mt_: the page /account of the service makes them", from)}
	case f.server.value.Scheme != "https" && !thisMachine(f.server.value):
		return "", usageError{fmt.Errorf("%s: the token would be sent in the clear: --server wants https://", f.server.String())}
	}
	return token, nil
}

// thisMachine reports whether a URL is of this machine, however names are looked up.
func thisMachine(u *neturl.URL) bool {
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && a.IsLoopback() || u.Hostname() == "localhost"
}

// maxRedirects is how often a service may send us on.
const maxRedirects = 5

// sameService follows a service to no other place, which would be shown the token.
func sameService(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > maxRedirects:
		return errors.New("it sends us on and on")
	case req.URL.Path == "/sign-in":
		return errors.New("it wants a token of an account: see --token-file")
	case via[0].Header.Get("Authorization") != "" && (req.URL.Scheme != first.Scheme || req.URL.Host != first.Host):
		return fmt.Errorf("it sends us on to %s, which is not to see the token", report.Escape(req.URL.Host))
	}
	return nil
}
