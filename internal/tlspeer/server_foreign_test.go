package tlspeer_test

import (
	"bufio"
	"crypto/tls"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// runClient has a foreign client connect to a server, type each line when the
// one before has come back, and leave; it returns the server's session.
func runClient(t *testing.T, cfg *tlspeer.ServerConfig, lines []string, command func(port string) []string) *tlspeer.Session {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	args := command(port)
	path, err := realtest.Lookup(args[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(testContext(t), path, args[1:]...)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	done := serve(testContext(t), conn, cfg)
	defer conn.Close()
	output := bufio.NewScanner(out)
	for _, line := range lines {
		in.Write([]byte(line + "\n"))
		typeAndAwait(t, output, line)
	}
	in.Close()
	for output.Scan() {
	}
	got := <-done
	if got.err != nil {
		t.Errorf("server: %v", got.err)
	}
	return got.session
}

// typeAndAwait reads until the line came back; single letters are commands to s_client, which confirms them.
func typeAndAwait(t *testing.T, output *bufio.Scanner, line string) {
	t.Helper()
	if len(line) == 1 {
		line = "KEYUPDATE"
	}
	var all []string
	for output.Scan() {
		if all = append(all, output.Text()); output.Text() == line {
			return
		}
	}
	t.Errorf("%q did not come back:\n%s", line, strings.Join(all, "\n"))
}

func opensslClient(args ...string) func(port string) []string {
	return func(port string) []string {
		return append([]string{"openssl", "s_client", "-connect", "127.0.0.1:" + port, "-tls1_3"}, args...)
	}
}

func gnutlsClient(priority string, args ...string) func(port string) []string {
	return func(port string) []string {
		return append([]string{"gnutls-cli", "--insecure", "--port", port, "--priority", priority, "127.0.0.1"}, args...)
	}
}

func TestServerForeign(t *testing.T) {
	realtest.Need(t, "openssl", "gnutls-cli")
	clients := map[string]func(port string) []string{
		"openssl": opensslClient("-ciphersuites", opensslSuites, "-groups", opensslGroups),
		"gnutls":  gnutlsClient("NORMAL:-VERS-ALL:+VERS-TLS1.3:+AES-128-CCM-8:+GROUP-X448"),
	}
	certs := map[string]tls.Certificate{}
	for _, kind := range []string{"rsa", "p256", "p384", "p521", "ed25519"} {
		certs[kind] = certificate(t, kind)
	}
	for name, command := range clients {
		run := func(title string, cfg *tlspeer.ServerConfig) {
			t.Run(name+"/"+title, func(t *testing.T) {
				s := runClient(t, cfg, []string{"first line", "second line"}, command)
				if s.Seen.Alert == nil || s.Seen.Alert.Description != tlswire.AlertCloseNotify {
					t.Errorf("alert %v", s.Seen.Alert)
				}
			})
		}
		for i, suite := range tlspeer.Suites() {
			cfg := serverConfig(certs["p256"], tlswire.ECDSASecp256r1SHA256)
			cfg.Suite, cfg.RecordSize = suite, []int{0, 50}[i%2]
			cfg.Tickets = []tlswire.NewSessionTicketTLS13{{Lifetime: 60, Nonce: []byte{1}, Ticket: []byte("ticket")}}
			run(suite.String(), cfg)
		}
		for _, group := range append(append(classicGroups(), tlswire.X448), ffdheGroups()...) {
			cfg := serverConfig(certs["p256"], tlswire.ECDSASecp256r1SHA256)
			cfg.Group = group
			run(group.String(), cfg)
		}
		for kind, schemes := range schemesOf() {
			for _, scheme := range schemes {
				run(scheme.String(), serverConfig(certs[kind], scheme))
			}
		}
		cfg := serverConfig(certs["p256"], tlswire.ECDSASecp256r1SHA256)
		cfg.Group, cfg.Cookie = tlswire.Secp384r1, []byte("cookie")
		cfg.CertificateRequest = &tlswire.CertificateRequestTLS13{Extensions: []tlswire.Extension{tlswire.SignatureAlgorithms(everyScheme())}}
		run("cookie and certificate request", cfg)
	}
}

func schemesOf() map[string][]tlswire.SignatureScheme {
	return map[string][]tlswire.SignatureScheme{
		"rsa":     {tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512},
		"p384":    {tlswire.ECDSASecp384r1SHA384},
		"p521":    {tlswire.ECDSASecp521r1SHA512},
		"ed25519": {tlswire.Ed25519},
	}
}

// TestServerForeignKeyUpdate has s_client update its keys and ask for the server's: "K" is its command for that, "k" only the first.
func TestServerForeignKeyUpdate(t *testing.T) {
	realtest.Need(t, "openssl")
	cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
	s := runClient(t, cfg, []string{"before", "K", "between", "k", "behind"}, opensslClient())
	updates := 0
	for _, m := range s.Seen.Messages {
		if m.Type == tlswire.TypeKeyUpdate {
			updates++
		}
	}
	if updates != 2 {
		t.Errorf("%d updates of keys", updates)
	}
}
