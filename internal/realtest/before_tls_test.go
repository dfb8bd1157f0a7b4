package realtest

import (
	"context"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/probe"
)

// scanFromElsewhere scans one service quickly from another address than the server's own: Dovecot takes connections from
// its own for safe.
func scanFromElsewhere(t *testing.T, protocol, addr string) *evidence.Endpoint {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 3)}}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
	target := evidence.Target{Input: protocol + "://" + Host, Protocol: protocol, Host: Host, Port: number, Address: host, ServerName: Host}
	e, err := probe.Scan(t.Context(), target, probe.Config{Quick: true, Timeout: 20 * time.Second, Dial: dial,
		Goal: []evidence.Need{{Key: evidence.KeyMailBeforeTLS}, {Key: evidence.KeyAuthBeforeTLS}}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// taken wants a question to be answered, and so.
func taken(t *testing.T, what string, f evidence.Fact[evidence.Taken], want string) {
	t.Helper()
	got := f.State.String()
	if f.State == evidence.Known {
		got = map[bool]string{true: "accepted", false: "refused"}[f.Value.Accepted]
	}
	if got != want {
		t.Errorf("%s before TLS is %s (%q, %s), want %s", what, got, f.Value.Reply, f.Why, want)
	}
	t.Logf("%s: %s: %q%s", what, got, f.Value.Reply, f.Why)
}

// untouched wants a scan to have found TLS well behind the questions.
func untouched(t *testing.T, e *evidence.Endpoint) {
	t.Helper()
	if f := e.Facts.STARTTLS; f.State != evidence.Known || !f.Value.Works {
		t.Errorf("STARTTLS is %v %+v: %s", f.State, f.Value, f.Why)
	}
	if e.Ended != "" {
		t.Errorf("the scan ended because %s", e.Ended)
	}
	t.Logf("%d connections", e.Cost.Connections)
}

// eximPassword makes Exim prompt for passwords.
const eximPassword = "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n  server_condition = no\n" +
	"cram:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  server_secret = no\n"

// TestEximBeforeTLS scans an Exim as a submission server.
func TestEximBeforeTLS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ lines, mail, auth string }{
		"passwords": {eximPassword, "accepted", "accepted"},
		"passwords inside TLS, for hosts": {"auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}\n" + eximPassword,
			"accepted", "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			server := Start(t, Exim{Parameters: []string{c.lines}})
			e := scanFromElsewhere(t, "submission", server.Addr("smtp"))
			taken(t, "MAIL", e.Facts.MailBeforeTLS, c.mail)
			taken(t, "AUTH", e.Facts.AuthBeforeTLS, c.auth)
			untouched(t, e)
		})
	}
}

// TestDovecotBeforeTLS scans the services of a Dovecot.
func TestDovecotBeforeTLS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines, services []string
		auth            string
	}{
		"as Debian ships it": {nil, []string{"imap"}, "refused"},
		"clear":              {[]string{"disable_plaintext_auth = no"}, []string{"imap", "pop3", "sieve"}, "accepted"},
		"TLS required":       {[]string{"disable_plaintext_auth = no", "ssl = required"}, []string{"pop3", "sieve"}, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			server := Start(t, Dovecot{Parameters: c.lines})
			for _, service := range c.services {
				t.Run(service, func(t *testing.T) {
					e := scanFromElsewhere(t, service, server.Addr(service))
					taken(t, "MAIL", e.Facts.MailBeforeTLS, "inapplicable")
					taken(t, "AUTH", e.Facts.AuthBeforeTLS, c.auth)
					untouched(t, e)
				})
			}
		})
	}
}

// TestPostfixBeforeTLS scans a Postfix that asks a Dovecot for passwords, on the port for users and that for others.
func TestPostfixBeforeTLS(t *testing.T) {
	t.Parallel()
	dovecot := Start(t, Dovecot{Parameters: []string{"service auth {\n  unix_listener auth-postfix {\n    mode = 0666\n  }\n}"}})
	passwords := []string{"smtpd_sasl_auth_enable = yes", "smtpd_sasl_type = dovecot",
		"smtpd_sasl_path = " + filepath.Join(dovecot.Dir, "run", "auth-postfix"), "smtpd_sasl_security_options = noanonymous"}
	for name, c := range map[string]struct {
		lines          []string
		protocol, addr string
		mail, auth     string
	}{
		"encrypt":        {passwords, "submission", "submission", "refused", "refused"},
		"may":            {passwords, "submission", "smtp", "accepted", "accepted"},
		"may, auth only": {append([]string{"smtpd_tls_auth_only = yes"}, passwords...), "submission", "smtp", "accepted", "refused"},
		"relay, AUTH":    {passwords, "smtp", "smtp", "inapplicable", "accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			server := Start(t, Postfix{Parameters: c.lines})
			e := scanFromElsewhere(t, c.protocol, server.Addr(c.addr))
			taken(t, "MAIL", e.Facts.MailBeforeTLS, c.mail)
			taken(t, "AUTH", e.Facts.AuthBeforeTLS, c.auth)
			if e.Facts.STARTTLS.Value.Offered {
				untouched(t, e)
			}
		})
	}
}
