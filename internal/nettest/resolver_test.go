package nettest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/realtest"
)

// daemonConf has postfix-mta-sts-resolver be patient, and in the zone strict take policies in testing for such as are enforced.
// Where nothing ever comes it need not be: that is what brief is for.
const daemonConf = `host: 127.0.0.1
port: 8461
default_zone:
  timeout: 60
zones:
  strict:
    timeout: 60
    strict_testing: true
  brief:
    timeout: 3
`

// startDaemon runs mta-sts-daemon, which asks for policies.
func (w *world) startDaemon(t *testing.T) {
	t.Helper()
	path, err := realtest.Lookup("mta-sts-daemon")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "daemon.yml")
	if err := os.WriteFile(file, []byte(daemonConf), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "-c", file)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+w.bundle)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// policyFor asks the daemon what Postfix is to hold a domain to: a level and names, "" for nothing (socketmap_table(5)).
func policyFor(t *testing.T, zone, domain string) string {
	t.Helper()
	c := dial(t, "127.0.0.1:8461")
	defer c.Close()
	ask := zone + " " + domain
	_, _ = fmt.Fprintf(c, "%d:%s,", len(ask), ask)
	r := bufio.NewReader(c)
	var size int
	if _, err := fmt.Fscanf(r, "%d:", &size); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, size)
	if _, err := io.ReadFull(r, answer); err != nil {
		t.Fatal(err)
	}
	p, ok := strings.CutPrefix(string(answer), "OK ")
	switch {
	case ok:
		return p
	case !strings.HasPrefix(string(answer), "NOTFOUND"):
		t.Errorf("mta-sts-daemon: %q", answer)
	}
	return ""
}

// dial connects to what is about to listen.
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.SetDeadline(end)
			return c
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// resolver asks postfix-mta-sts-resolver and Postfix what they do by MTA-STS with one address of an exchanger.
func (w *world) resolver(t *testing.T, d domain, h evidence.Hop) (evidence.Outcome, string) {
	t.Helper()
	zone := "strict"
	if d.site.silent {
		zone = "brief"
	}
	level := policyFor(t, zone, d.name+".test")
	if level == "" {
		return evidence.Opportunistic, "no policy"
	}
	names, _, _ := strings.Cut(strings.TrimPrefix(level, "secure match="), " ")
	said := finger(t, h.Address, append([]string{"-l", "secure", "-F", w.bundle, "-s", h.Host, "[" + h.Host + "]"}, strings.Split(names, ":")...)...)
	if strings.Contains(said, "Verified TLS connection") {
		return evidence.Authenticated, level + "\n" + said
	}
	if policyFor(t, "postfix", d.name+".test") == "" { // it is only tested
		return evidence.Opportunistic, level + "\n" + said
	}
	return evidence.Refused, level + "\n" + said
}

// checkQuery asks mta-sts-query, which tells what it fetched, of domains with a policy, without one, and with one that cannot be had.
func (w *world) checkQuery(t *testing.T) {
	for domain, want := range map[string]string{"sts": "'mx': ['mx.sts.test']", "none": "STSFetchResult.NONE", "stsredirect": "STSFetchResult.FETCH_ERROR"} {
		path, err := realtest.Lookup("mta-sts-query")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), path, domain+".test")
		cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+w.bundle)
		if said, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(said), want) {
			t.Errorf("mta-sts-query %s.test: %v: %s, want %s", domain, err, said, want)
		}
	}
}
