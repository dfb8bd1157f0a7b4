package lab

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// TestFinished completes a handshake with crypto/tls as client, in every version
// that it speaks, over every protocol, and asks for the capabilities inside.
func TestFinished(t *testing.T) {
	ca := testCA(t)
	for _, p := range starttls.Protocols() {
		for _, v := range []tlswire.Version{tlswire.TLS12, tlswire.TLS13} {
			t.Run(string(p)+" "+v.String(), func(t *testing.T) {
				s, ok := ByName("strong-" + string(p))
				if p == starttls.SMTP {
					s, ok = ByName("strong")
				}
				if !ok {
					t.Fatal("no strong server")
				}
				r := start(t, s, ca)
				raw, in := dial(t, r)
				conn := tls.Client(&replayed{raw, in, raw}, &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost",
					MinVersion: uint16(v), MaxVersion: uint16(v)})
				if err := conn.Handshake(); err != nil {
					t.Fatal(err)
				}
				checkInside(t, p, conn)
			})
		}
	}
}

// checkInside asks for capabilities under TLS, and leaves politely.
func checkInside(t *testing.T, p starttls.Protocol, conn net.Conn) {
	t.Helper()
	question, answer, bye := "EHLO client.lab.test", "250 ", "QUIT"
	switch p {
	case starttls.LMTP:
		question = "LHLO client.lab.test"
	case starttls.IMAP, starttls.IMAPS:
		question, answer, bye = "a CAPABILITY", "a OK", "b LOGOUT"
	case starttls.POP3, starttls.POP3S:
		question, answer = "CAPA", "."
	case starttls.Sieve:
		question, answer, bye = "CAPABILITY", "OK", "LOGOUT"
	}
	in := bufio.NewReader(conn)
	io.WriteString(conn, question+"\r\n")
	auth := false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, "STARTTLS") || strings.HasPrefix(line, "STLS") {
			t.Errorf("STARTTLS offered under TLS: %q", line)
		}
		auth = auth || strings.Contains(line, "PLAIN")
		if strings.HasPrefix(line, answer) && !strings.HasPrefix(line, "OK \"lab") {
			break
		}
	}
	if relay := p == starttls.SMTP || p == starttls.LMTP; auth == relay {
		t.Errorf("authentication offered: %v", auth)
	}
	io.WriteString(conn, bye+"\r\n")
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Errorf("leaving: %v", err)
	}
}

// TestOpenSSL lets openssl s_client loose on servers that only it, or it as well,
// can speak to.
func TestOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	ca := testCA(t)
	for _, c := range []struct {
		server string
		args   string
		want   []string
	}{
		{"strong", "-tls1_3", []string{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519"}},
		{"strong", "-tls1_2 -status", []string{"TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", "Cert Status: good", "Extended master secret: yes"}},
		{"strong-imap", "-tls1_3 -status", []string{"TLSv1.3", "Cert Status: good"}},
		{"strong-pop3", "-tls1_2", []string{"TLSv1.2"}},
		{"strong-sieve", "-tls1_3", []string{"TLSv1.3"}},
		{"strong-imaps", "-tls1_2", []string{"TLSv1.2", "lab ready"}},
		{"postfix-debian", "-tls1 -cipher ALL:@SECLEVEL=0", []string{"TLSv1", "ECDHE-RSA-AES256-SHA"}},
		{"prefers-client", "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384", []string{"ECDHE-RSA-CHACHA20-POLY1305"}},
		{"no-pfs", "-tls1_2 -cipher ALL", []string{"AES256-GCM-SHA384"}},
		{"cert-ed25519", "-tls1_3", []string{"TLSv1.3", "ed25519"}},
		{"cert-sni", "-tls1_3 -servername localhost", []string{"CN = localhost"}},
		{"cert-sni", "-tls1_3 -noservername", []string{"CN = default.invalid"}},
		{"dh-1024", "-tls1_2 -cipher ALL:@SECLEVEL=0", []string{"DH, 1024 bits"}},
		{"anon-only", "-tls1_2 -cipher ALL:aNULL:@SECLEVEL=0", []string{"Server Temp Key: X25519"}},
		{"no-renegotiation-info", "-tls1_2", []string{"unsafe legacy renegotiation disabled"}},
		{"cert-rsa-1024", "-tls1_2 -cipher ALL:@SECLEVEL=0", []string{"Server public key is 1024 bit"}},
	} {
		t.Run(c.server+" "+c.args, func(t *testing.T) {
			s, ok := ByName(c.server)
			if !ok {
				t.Fatal("no such server")
			}
			r := start(t, s, ca)
			sClient(t, r, c.args, c.want)
		})
	}
}

// sClient wants openssl s_client to say all of want.
func sClient(t *testing.T, r *Running, args string, want []string) {
	t.Helper()
	list := append([]string{"s_client", "-connect", r.Addr}, strings.Fields(args)...)
	if p := r.Server.Protocol; !p.ImplicitTLS() {
		list = append(list, "-starttls", string(p))
	}
	wantSaid(t, "", want, "openssl", list...)
}

// TestGnuTLS finishes handshakes with gnutls-cli, which still has RC4.
func TestGnuTLS(t *testing.T) {
	if _, err := exec.LookPath("gnutls-cli"); err != nil {
		t.Skip("gnutls-cli is not installed")
	}
	ca := testCA(t)
	for _, c := range []struct{ server, priority, want string }{
		{"strong", "NORMAL", "(TLS1.3-X.509)-(ECDHE-X25519)-(ECDSA-SECP256R1-SHA256)-(AES-256-GCM)"},
		{"strong", "NORMAL:-VERS-TLS1.3", "(TLS1.2-X.509)"},
		{"rc4", "NONE:+VERS-TLS1.2:+ECDHE-RSA:+ARCFOUR-128:+SHA1:+GROUP-ALL:+SIGN-ALL:+COMP-NULL:+CTYPE-X509", "(ARCFOUR-128)"},
	} {
		t.Run(c.server+" "+c.priority, func(t *testing.T) {
			r := byName(t, c.server, ca)
			_, port, err := net.SplitHostPort(r.Addr)
			if err != nil {
				t.Fatal(err)
			}
			wantSaid(t, "QUIT\n", []string{"Handshake was completed", "221 2.0.0 Bye", c.want},
				"gnutls-cli", "--insecure", "--starttls-proto=smtp", "--priority", c.priority, "--port", port, "127.0.0.1")
		})
	}
}
