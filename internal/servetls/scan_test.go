package servetls

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/testca"
	"github.com/mailtls/mailtls/report"
)

// TestScanned has our own scanner look for all that it knows in the TLS that we speak. It is spoken by a server of IMAP here, so that nothing is open
// since nobody greeted.
func TestScanned(t *testing.T) {
	dir := t.TempDir()
	h := house{testca.New(t, "house", testca.NewKey(t), time.Now()), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	cert, key := h.issueFor(t, x509.Certificate{DNSNames: []string{"a.test"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	for path, text := range map[string][]byte{h.cert: cert, h.key: key} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := NewFiles(h.cert, h.key, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", f.TLS())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go serveIMAP(l)
	r, err := mailtls.Scan(t.Context(), "imaps://"+l.Addr().String(), &mailtls.Config{ServerName: "a.test", ExtraRoots: []*x509.Certificate{h.Cert}})
	if err != nil || len(r.Endpoints) != 1 {
		t.Fatal(err)
	}
	e := r.Endpoints[0]
	if e.Verdict != report.Pass || len(e.Findings) < 90 {
		t.Errorf("%s, %d findings", e.Verdict, len(e.Findings))
	}
	for _, f := range e.Findings {
		if f.Level != check.Pass && f.Level != check.NotApplicable {
			t.Errorf("%s: %s, %s", f.Check, f.Level, f.Message)
		}
	}
}

// serveIMAP greets, and has few abilities.
func serveIMAP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			fmt.Fprint(c, "* OK ready\r\n")
			for lines := bufio.NewScanner(c); lines.Scan(); {
				tag, command, _ := strings.Cut(lines.Text(), " ")
				if strings.EqualFold(command, "CAPABILITY") {
					fmt.Fprint(c, "* CAPABILITY IMAP4rev1\r\n")
				}
				fmt.Fprintf(c, "%s OK done\r\n", tag)
				if strings.EqualFold(command, "LOGOUT") {
					return
				}
			}
		}()
	}
}
