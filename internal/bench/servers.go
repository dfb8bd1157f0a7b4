package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/mailtls/mailtls/internal/realtest"
)

// An endpoint is one port of a running server.
type endpoint struct {
	name     string // "postfix/smtp"
	protocol string // scheme of the target
	addr     string
}

// A server is what to start, and which of its services to measure.
type server struct {
	name     string
	start    realtest.Starter
	services []string
}

// servers are the real servers as they come: only certificates and, where a program has no default, versions are given.
// Those that come with TLS 1.0 are there once more with what "mailtls harden" prints.
func servers() []server {
	return []server{
		{"postfix", realtest.Postfix{}, []string{"smtp", "submission", "submissions"}},
		{"dovecot", realtest.Dovecot{}, []string{"imap", "imaps", "pop3", "pop3s", "sieve"}},
		{"exim", realtest.Exim{}, []string{"smtp"}},
		{"postfix-hardened", realtest.Postfix{Parameters: hardPostfix}, []string{"smtp", "submission"}},
		{"exim-hardened", realtest.Exim{Parameters: hardExim}, []string{"smtp"}},
		{"openssl", realtest.OpenSSL{}, []string{"tls"}},
		{"gnutls", realtest.GnuTLS{Priority: "NORMAL"}, []string{"tls"}},
		{"nss", realtest.NSS{Versions: "tls1.0:tls1.3"}, []string{"tls"}},
		{"java", realtest.Java{Versions: []string{"TLSv1.2", "TLSv1.3"}, Suites: javaDefault, ServerOrder: true}, []string{"tls"}},
		{"go", realtest.GoTLS{}, []string{"tls"}},
	}
}

// hardPostfix is what "mailtls harden postfix" sets of versions and cipher suites.
var hardPostfix = []string{
	"smtpd_tls_protocols = >=TLSv1.2", "smtpd_tls_mandatory_protocols = >=TLSv1.2",
	"smtpd_tls_ciphers = high", "smtpd_tls_mandatory_ciphers = high",
	"smtpd_tls_exclude_ciphers = eNULL, EXPORT, LOW, DES, 3DES, RC4, MD5, IDEA, SEED, RC2, kDHE",
	"smtpd_tls_mandatory_exclude_ciphers = aNULL, kRSA", "tls_high_cipherlist = aNULL:-aNULL:HIGH:@STRENGTH:@SECLEVEL=1",
}

// hardExim is the same of "mailtls harden exim".
var hardExim = []string{
	"tls_require_ciphers = SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SHA1",
}

// javaDefault is what Java 17 enables for an RSA certificate, in its order.
var javaDefault = []string{
	"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
	"TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
	"TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
	"TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_RSA_WITH_AES_256_CBC_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256",
	"TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
}

// startServers starts those servers that have an endpoint whose name matches only. Where a program is missing, it says
// so on stderr and goes on. The function returned stops them, and is never nil.
func startServers(ctx context.Context, only *regexp.Regexp, stderr io.Writer) (list []endpoint, stop func(), err error) {
	var running []*realtest.Server
	stop = func() {
		for _, s := range running {
			s.Close()
		}
	}
	for _, s := range servers() {
		wanted := s.endpoints(only)
		if len(wanted) == 0 {
			continue
		}
		started, err := s.start.Start(ctx)
		var missing *realtest.MissingError
		if errors.As(err, &missing) {
			fmt.Fprintf(stderr, "leaving out %s: %v\n", s.name, err)
			continue
		}
		if err != nil {
			return nil, stop, fmt.Errorf("starting %s: %w", s.name, err)
		}
		running = append(running, started)
		for _, e := range wanted {
			e.addr = started.Addr(e.addr)
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil, stop, fmt.Errorf("no server matches %q: the names are such as postfix/smtp, dovecot/imaps and openssl/tls", only)
	}
	return list, stop, nil
}

// endpoints are those services of s whose name matches; addr is the service's name until the server runs.
func (s server) endpoints(only *regexp.Regexp) []endpoint {
	var list []endpoint
	for _, service := range s.services {
		e := endpoint{name: s.name + "/" + service, protocol: service, addr: service}
		if service == "tls" { // a TLS stack alone is scanned as a mail server with implicit TLS
			e.protocol = "submissions"
		}
		if only.MatchString(e.name) {
			list = append(list, e)
		}
	}
	return list
}
