package realtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connect gives up after a minute.
func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// handshake completes one with the CA of this process trusted, and tells the version and kind of certificate.
func handshake(t *testing.T, conn net.Conn) string {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	client := tls.Client(conn, &tls.Config{ServerName: Host, RootCAs: roots})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Fatalf("handshake: %v", err)
	}
	state := client.ConnectionState()
	return tls.VersionName(state.Version) + " " + state.PeerCertificates[0].Subject.OrganizationalUnit[0]
}

// A preamble is the lines after which TLS begins: what to wait for, and what to say then.
type preamble []struct{ wait, say string }

var preambles = map[string]preamble{
	"smtp":       {{"220 ", "EHLO x"}, {"250 ", "STARTTLS"}, {"220 ", ""}},
	"submission": {{"220 ", "EHLO x"}, {"250 ", "STARTTLS"}, {"220 ", ""}},
	"lmtp":       {{"220 ", "LHLO x"}, {"250 ", "STARTTLS"}, {"220 ", ""}},
	"imap":       {{"* OK", "a STARTTLS"}, {"a OK", ""}},
	"pop3":       {{"+OK", "STLS"}, {"+OK", ""}},
	"sieve":      {{"OK", "STARTTLS"}, {"OK", ""}},
}

func (p preamble) play(t *testing.T, conn net.Conn) {
	t.Helper()
	r := bufio.NewReader(conn)
	for _, step := range p {
		for line := ""; !strings.HasPrefix(line, step.wait); {
			var err error
			if line, err = r.ReadString('\n'); err != nil {
				t.Fatalf("waiting for %q: %v", step.wait, err)
			}
		}
		if step.say != "" {
			_, _ = fmt.Fprintf(conn, "%s\r\n", step.say)
		}
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	both := []Key{RSA, ECDSA}
	tests := []struct {
		name     string
		server   Starter
		services int
	}{
		{"postfix", Postfix{}, 3},
		{"postfix, two certificates", Postfix{Keys: both, Parameters: []string{"tls_preempt_cipherlist = yes"}}, 3},
		{"postfix, limits", Postfix{Limits: true}, 3},
		{"dovecot", Dovecot{}, 6},
		{"dovecot, two certificates", Dovecot{Keys: both}, 6},
		{"exim", Exim{}, 2},
		{"exim, limits and two certificates", Exim{Keys: both, Limits: true}, 2},
		{"openssl", OpenSSL{Keys: both}, 1},
		{"gnutls", GnuTLS{Keys: both, Priority: "NORMAL"}, 1},
		{"nss", NSS{Keys: both, Versions: "tls1.2:tls1.3"}, 1},
		{"java", Java{Keys: both, Versions: []string{"TLSv1.3"}, Suites: []string{"TLS_AES_128_GCM_SHA256"}}, 1},
		{"go", GoTLS{Keys: both}, 1},
		{"go, ECDSA", GoTLS{Keys: []Key{ECDSA}, Config: &tls.Config{MaxVersion: tls.VersionTLS12}}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := Start(t, tt.server)
			if len(server.Services()) != tt.services {
				t.Fatalf("services %v, want %d", server.Services(), tt.services)
			}
			for service, addr := range server.Services() {
				conn := connect(t, addr)
				preambles[service].play(t, conn)
				t.Logf("%s: %s", service, handshake(t, conn))
			}
		})
	}
}

// A client of postscreen's waits for the end of the greeting, 6 s after its beginning.
func TestPostscreen(t *testing.T) {
	if testing.Short() {
		t.Skip("waits 6 s for postscreen's greeting")
	}
	t.Parallel()
	server := Start(t, Postfix{Postscreen: true})
	conn := connect(t, server.Addr("smtp"))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "220-") {
		t.Fatalf("greeting %q, %v; want 220-", line, err)
	}
	preambles["smtp"].play(t, conn)
	handshake(t, conn)
}

func TestPostfixRateLimit(t *testing.T) {
	server := Start(t, Postfix{RatePerMinute: 5})
	for i := range 6 {
		line, err := bufio.NewReader(connect(t, server.Addr("smtp"))).ReadString('\n')
		want := "220 "
		if i == 5 {
			want = "421 "
		}
		if err != nil || !strings.HasPrefix(line, want) {
			t.Errorf("greeting %d: %q, %v; want %s", i+1, line, err, want)
		}
	}
}

// A closed server leaves neither listener nor folder; TestMain looks for goroutines.
func TestClose(t *testing.T) {
	for _, s := range []Starter{GoTLS{}, OpenSSL{}, Postfix{}, Dovecot{}} {
		t.Run(fmt.Sprintf("%T", s), func(t *testing.T) {
			server := Start(t, s)
			server.Close()
			server.Close()
			if _, err := os.Stat(server.Dir); server.Dir != "" && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("its folder is still there: %v", err)
			}
			for service, addr := range server.Services() {
				if conn, err := net.Dial("tcp", addr); err == nil {
					_ = conn.Close()
					t.Errorf("%s still listens", service)
				}
			}
		})
	}
}

func TestBadArgumentsAreReported(t *testing.T) {
	Need(t, "openssl")
	_, err := OpenSSL{Args: []string{"-nonsense"}}.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("Start() = %v, want what openssl says", err)
	}
}

// fakeTB notes what giveUp does.
type fakeTB struct {
	testing.TB
	skipped, failed string
}

func (f *fakeTB) Helper()                           {}
func (f *fakeTB) Skipf(format string, args ...any)  { f.skipped = fmt.Sprintf(format, args...) }
func (f *fakeTB) Fatalf(format string, args ...any) { f.failed = fmt.Sprintf(format, args...) }
func (f *fakeTB) Context() context.Context          { return context.Background() }

func TestMissingProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, ci := range []bool{false, true} {
		t.Setenv(noSkip, map[bool]string{true: "1"}[ci])
		for name, try := range map[string]func(TB){
			"Need":  func(tb TB) { Need(tb, "gnutls-serv") },
			"Start": func(tb TB) { Start(tb, GnuTLS{}) },
		} {
			f := &fakeTB{TB: t}
			try(f)
			if (f.failed != "") != ci || (f.skipped != "") == ci || !strings.Contains(f.skipped+f.failed, "install Debian's gnutls-bin") {
				t.Errorf("%s with %s=%v: skipped %q, failed %q", name, noSkip, ci, f.skipped, f.failed)
			}
		}
	}
	var missing *MissingError
	if _, err := Lookup("qmail-smtpd"); !errors.As(err, &missing) {
		t.Errorf("Lookup(qmail-smtpd) = %v, want a MissingError", err)
	}
}
