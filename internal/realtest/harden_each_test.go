package realtest

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// serveEach runs a program for each connection, which is its standard input and output, as inetd does.
func serveEach(t *testing.T, env []string, program string, args ...string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		cancel()
		running.Wait()
	})
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			file, err := conn.(*net.TCPConn).File()
			_ = conn.Close()
			if err != nil {
				continue
			}
			cmd := command(ctx, program, args...)
			cmd.Stdin, cmd.Stdout, cmd.Env = file, file, append(os.Environ(), env...)
			running.Go(func() {
				_ = cmd.Run()
				_ = file.Close()
			})
		}
	})
	return l.Addr().String()
}

// faultless scans what runs with a configuration of ours. What is behind may be missing, so other findings may be open than
// those that the configuration is about.
func faultless(t *testing.T, protocol, addr, configuration string) {
	t.Helper()
	w := weakServer{service: protocol, full: true}
	d := w.scan(t, addr)
	for _, id := range []string{"protocol-tls10", "protocol-no-tls13", "null", "static-rsa", "weak-dh", "sha1-signature", "crime", "cert-hostname"} {
		if slices.Contains(d.open, id) {
			t.Errorf("%s is open", id)
		}
	}
	if len(d.wrong) > 0 || t.Failed() {
		t.Errorf("wrong: %v\n%s\nof\n%s", d.wrong, d.page, configuration)
	}
}

// TestHardenedSendmail makes a sendmail.cf of what we print.
func TestHardenedSendmail(t *testing.T) {
	if testing.Short() {
		t.Skip("scans real servers")
	}
	t.Parallel()
	addr, mc := startSendmail(t, func(dir string, p pair) string {
		text := goodCertificate(hardened(t, "sendmail", "8.17"), dir)
		return strings.ReplaceAll(text, "/etc/letsencrypt/live/"+Host+"/chain.pem", p.cert)
	})
	faultless(t, "smtp", addr, mc)
}

// TestHardenedCourier runs the part of Courier that speaks TLS.
func TestHardenedCourier(t *testing.T) {
	if testing.Short() {
		t.Skip("scans real servers")
	}
	t.Parallel()
	Need(t, "couriertls")
	couriertls, err := Lookup("couriertls")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pairs, err := writeKeys(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	both := filepath.Join(dir, "both.pem")
	write(t, both, string(mustRead(t, pairs[0].key))+string(mustRead(t, pairs[0].cert)))
	text := strings.ReplaceAll(hardened(t, "courier", "5.0"), "/etc/courier/"+Host+".pem", both)
	var env []string
	for _, l := range settings(text) { // the file is read by a shell
		env = append(env, strings.ReplaceAll(l, `"`, ""))
	}
	faultless(t, "imaps", serveEach(t, env, couriertls, "-server", "-tcpd", "/bin/echo", "* OK ready"), text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
