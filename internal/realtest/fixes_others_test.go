package realtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func weakDovecots() []weakServer {
	level0 := "ssl_cipher_list = ECDHE:@SECLEVEL=0"
	return []weakServer{
		{name: "no TLS", service: "imap", lines: []string{"ssl = no"}, want: []string{"starttls-missing"}},
		{name: "TLS 1.0", service: "imap", lines: []string{"ssl_min_protocol = TLSv1", level0}, want: []string{"protocol-tls10", "protocol-tls11", "beast"}},
		{name: "TLS 1.1", service: "pop3", lines: []string{"ssl_min_protocol = TLSv1.1", level0}, want: []string{"protocol-tls11"}},
		{name: "no encryption", service: "imap", lines: []string{"ssl_cipher_list = ECDHE:kRSA:eNULL:@SECLEVEL=0"}, want: []string{"null", "static-rsa"}},
		{name: "no certificate asked for", service: "pop3", lines: []string{"ssl_cipher_list = ECDHE:AECDH:@SECLEVEL=0"}, want: []string{"anon"}},
		{name: "RSA key transport", service: "sieve", lines: []string{"ssl_cipher_list = ECDHE+AESGCM:kRSA+AESGCM"}, want: []string{"static-rsa"}},
		{name: "signatures with SHA-1", service: "imap", lines: []string{"ssl_cipher_list = ECDHE:@SECLEVEL=0"}, want: []string{"sha1-signature"}},
		{name: "expired", service: "imap", cert: expired, want: []string{"cert-expired"}},
		{name: "expiring", service: "pop3", cert: expiring, want: []string{"cert-expiring"}},
		{name: "not valid yet", service: "sieve", cert: notYet, want: []string{"cert-not-yet-valid"}},
		{name: "another name", service: "imap", cert: otherName, want: []string{"cert-hostname"}},
		{name: "signed by itself", service: "pop3", cert: selfSigned, want: []string{"cert-untrusted"}},
		{name: "signed with SHA-1", service: "imap", cert: signedSHA1, lines: []string{level0}, want: []string{"sha1-cert"}},
	}
}

func startWeakDovecot(t *testing.T, w weakServer) patient {
	lines := w.lines
	if w.cert != "" {
		cert, key := writeBadCert(t, w.cert)
		lines = append(lines, "ssl_cert = <"+cert, "ssl_key = <"+key)
	}
	server := Start(t, Dovecot{})
	conf := filepath.Join(server.Dir, "dovecot.conf")
	l := launch{name: "dovecot", program: "dovecot", args: []string{"-F", "-c", conf}, dir: server.Dir,
		services: map[string]string{"imap": server.Addr("imap"), w.service: server.Addr(w.service)}, // without TLS, others do not listen
		logs:     []string{filepath.Join(server.Dir, "log")}}
	rewrite(t, conf, func(text string) string { return text + strings.Join(lines, "\n") + "\n" })
	running := restart(t, server, l)
	return patient{
		addr: func() string { return server.Addr(w.service) },
		apply: func(t *testing.T, lines []string) {
			rewrite(t, conf, func(text string) string { // Debian's configuration reads local.conf last
				for _, line := range lines {
					if line != "doveadm reload" {
						text += goodCertificate(line, server.Dir) + "\n"
					}
				}
				return text
			})
			running = restart(t, running, l)
		},
		use: func(t *testing.T) { logIn(t, server.Addr("imap")) },
	}
}

// logIn logs in as a mail program does (RFC 9051, Sections 6.2.1 and 6.2.3).
func logIn(t *testing.T, addr string) {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialTimeout("tcp", addr, scanLimit)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(scanLimit)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	say := func(command, want string) {
		t.Helper()
		if command != "" {
			fmt.Fprintf(conn, "%s\r\n", command)
		}
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			if !strings.HasPrefix(line, "* ") || command == "" {
				if !strings.HasPrefix(line, want) {
					t.Fatalf("%s: %s", command, line)
				}
				return
			}
		}
	}
	say("", "* OK")
	say("a STARTTLS", "a OK")
	conn = tls.Client(conn, &tls.Config{RootCAs: roots, ServerName: Host})
	r = bufio.NewReader(conn)
	say("b LOGIN someone secret", "b OK")
}

func weakExims() []weakServer {
	priority := func(p string) []string { return []string{"tls_require_ciphers = " + p} }
	standard := []string{"protocol-tls10", "protocol-tls11", "beast", "sha1-signature"}
	return []weakServer{
		{name: "as Debian ships it", service: "smtp", want: standard},
		{name: "as Debian ships it, implicit TLS", service: "submissions", full: true, want: append([]string{"static-rsa"}, standard...)},
		{name: "no TLS", service: "smtp", lines: []string{"tls_advertise_hosts ="}, want: []string{"starttls-missing"}},
		{name: "RC4", service: "smtp", lines: priority("NORMAL:+ARCFOUR-128"), want: []string{"rc4"}},
		{name: "3DES", service: "smtp", lines: priority("NORMAL:+3DES-CBC"), want: []string{"sweet32"}},
		{name: "no encryption", service: "smtp", lines: priority("NORMAL:+NULL"), want: []string{"null"}},
		{name: "no forward secrecy", service: "smtp", lines: priority("NORMAL:-VERS-TLS1.3:-ECDHE-RSA:-ECDHE-ECDSA:-DHE-RSA"), want: []string{"no-pfs", "protocol-no-tls13"}},
		{name: "TLS 1.1 alone", service: "smtp", lines: priority("NORMAL:-VERS-ALL:+VERS-TLS1.1"), want: []string{"protocol-no-tls12"}},
		{name: "expired", service: "smtp", cert: expired, want: []string{"cert-expired"}},
		{name: "another name", service: "smtp", cert: otherName, want: []string{"cert-hostname"}},
		{name: "signed by itself", service: "smtp", cert: selfSigned, want: []string{"cert-untrusted"}},
		{name: "a short key", service: "smtp", cert: shortKey, want: []string{"cert-weak-key"}},
	}
}

// startWeakExim runs an Exim that takes mail for anybody, and leaves it in its queue.
func startWeakExim(t *testing.T, w weakServer) patient {
	server := Start(t, Exim{Parameters: []string{"queue_only = true", "acl_smtp_rcpt = accept"}})
	conf := filepath.Join(server.Dir, "exim.conf")
	lines := w.lines
	if w.cert != "" {
		cert, key := writeBadCert(t, w.cert)
		lines = append(lines, "tls_certificate = "+cert, "tls_privatekey = "+key)
	}
	rewrite(t, conf, func(text string) string { return withOptions(text, lines) })
	l := launch{name: "exim", program: "exim", args: []string{"-C", conf, "-bdf"}, dir: server.Dir,
		services: server.Services(), logs: []string{filepath.Join(server.Dir, "mainlog"), filepath.Join(server.Dir, "paniclog")}}
	running := restart(t, server, l)
	return patient{
		addr: func() string { return server.Addr(w.service) },
		apply: func(t *testing.T, lines []string) {
			var options []string
			for _, line := range lines {
				if !strings.HasPrefix(line, "kill -HUP ") {
					options = append(options, goodCertificate(line, server.Dir))
				}
			}
			rewrite(t, conf, func(text string) string { return withOptions(text, options) })
			running = restart(t, running, l)
		},
		use: func(t *testing.T) { deliver(t, server.Addr(w.service), w.service == "submissions") },
	}
}

// withOptions sets options in Exim's main part, where each may be there once.
func withOptions(text string, options []string) string {
	for _, o := range options {
		name, _, _ := strings.Cut(o, " ")
		var kept []string
		for _, line := range strings.Split(text, "\n") {
			if !strings.HasPrefix(line, name+" ") {
				kept = append(kept, line)
			}
		}
		text = o + "\n" + strings.Join(kept, "\n")
	}
	return text
}
