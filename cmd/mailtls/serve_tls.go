package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/internal/servetls"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/pflag"
)

// tlsFlags are the flags of serve on how it speaks TLS itself.
type tlsFlags struct {
	names     hostNames
	cert, key fileName
	plain     optionalAddress
	email     string
	directory baseURL
	folder    fileName
}

func newTLSFlags() tlsFlags { return tlsFlags{directory: baseURL{servetls.LetsEncrypt}} }

func (f *tlsFlags) add(fs *pflag.FlagSet) {
	fs.Var(&f.names, "tls-name", "name of this service for which a certificate is fetched and renewed; may be repeated. You agree to the authority's terms by it")
	fs.Var(&f.cert, "tls-cert", "PEM file with a certificate and those that sign it, read again when it changes")
	fs.Var(&f.key, "tls-key", "PEM file with its key")
	fs.Var(&f.plain, "listen-http", "where to answer without TLS as well, such as [::]:80: authorities that look there, and others by leading them to HTTPS")
	fs.StringVar(&f.email, "acme-email", "", "`address` by which the authority can reach you")
	fs.Var(&f.directory, "acme-directory", "authority that certificates of --tls-name are from, by its ACME directory")
	fs.Var(&f.folder, "acme-folder", "`folder` for keys and certificates; acme beside the SQLite file if it is not set")
	group(fs, "How to speak TLS", "tls-name", "tls-cert", "tls-key", "listen-http", "acme-email", "acme-directory", "acme-folder")
}

// on reports whether the service speaks TLS.
func (f *tlsFlags) on() bool { return len(f.names) > 0 || f.cert.value != "" }

// tlsContradiction reports flags about TLS that do not go together.
func (f *serveFlags) tlsContradiction() error {
	t := &f.tls
	fetched := t.email != "" || t.folder.value != "" || t.directory.value != servetls.LetsEncrypt
	switch {
	case (t.cert.value == "") != (t.key.value == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case t.cert.value != "" && len(t.names) > 0:
		return errors.New("--tls-name fetches a certificate, and --tls-cert has one: give one of them; names go to --host then")
	case fetched && len(t.names) == 0:
		return errors.New("--acme-email, --acme-directory and --acme-folder need --tls-name")
	case t.plain.value.IsValid() && !t.on():
		return errors.New("--listen-http goes with --tls-name or --tls-cert; without TLS there is --listen")
	case t.plain.value.IsValid() && len(f.names()) == 0:
		return errors.New("--listen-http leads to the names of this service: --host says which")
	case t.on() && strings.HasPrefix(strings.ToLower(f.smtp.base.value), "http://"): // --listen-http would lead to itself
		return errors.New("--url begins with http://, but this service speaks TLS: give it with https://")
	case !strings.HasPrefix(t.directory.value, "https://"):
		return errors.New("--acme-directory has to be an address with https://")
	case len(t.names) > 0 && t.folder.value == "" && f.database.shared():
		return errors.New("--tls-name needs --acme-folder, where certificates are kept, beside a database that is no file")
	}
	return nil
}

// front is where the service is asked.
type front struct {
	listener net.Listener
	tls      *tls.Config // nil: it speaks none
	plain    net.Listener
	redirect http.Handler // what it answers at plain
	begin    func(context.Context) error
	end      func()
}

// newFront listens as the flags say.
func (f *serveFlags) newFront(log *slog.Logger) (_ *front, err error) {
	x := &front{begin: func(context.Context) error { return nil }, end: func() {}}
	if x.listener, err = net.Listen("tcp", f.listen.String()); err != nil {
		return nil, fmt.Errorf("listening at %s: %w", f.listen.String(), err)
	}
	if at := f.tls.plain.value; at.IsValid() {
		if x.plain, err = net.Listen("tcp", at.String()); err != nil {
			x.close()
			return nil, fmt.Errorf("listening at %s without TLS: %w", at, err)
		}
	}
	_, port, _ := net.SplitHostPort(x.listener.Addr().String())
	x.redirect = servetls.Redirect(f.names(), f.smtp.base.value, port)
	if err := x.certify(f, port, log); err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

// certify has the front speak TLS, if the flags say so.
func (x *front) certify(f *serveFlags, port string, log *slog.Logger) error {
	switch {
	case f.tls.cert.value != "":
		files, err := servetls.NewFiles(f.tls.cert.value, f.tls.key.value, log)
		if err != nil { // where they do not fit, either may be the wrong one
			return usageError{fmt.Errorf("certificate %s and key %s: %w", report.Escape(f.tls.cert.value), report.Escape(f.tls.key.value), err)}
		}
		x.tls = files.TLS()
	case len(f.tls.names) > 0:
		wish := servetls.Wish{Names: f.tls.names, Directory: f.tls.directory.value, Email: f.tls.email, Log: log,
			Folder: cmp.Or(f.tls.folder.value, filepath.Join(filepath.Dir(f.database.value), "acme"))}
		wish.Port, _ = strconv.Atoi(port)
		if x.plain != nil {
			wish.HTTPPort = x.plain.Addr().(*net.TCPAddr).Port
		}
		authority, err := servetls.NewAuthority(wish)
		if err != nil {
			return err
		}
		x.tls, x.redirect, x.begin, x.end = authority.TLS(), authority.Challenges(x.redirect), authority.Begin, authority.Close
	}
	return nil
}

// close ends listening, if serving has not done so before, and the watch over certificates.
func (x *front) close() {
	x.end()
	_ = x.listener.Close()
	if x.plain != nil {
		_ = x.plain.Close()
	}
}

// url is where a browser on this machine finds it.
func (x *front) url() string {
	if x.tls != nil {
		return strings.Replace(url(x.listener.Addr()), "http://", "https://", 1)
	}
	return url(x.listener.Addr())
}

// names are those by which the service is known.
func (f *serveFlags) names() hostNames {
	return append(append(hostNames{}, f.hosts...), f.tls.names...)
}
