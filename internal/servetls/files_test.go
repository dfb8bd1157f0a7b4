package servetls

import (
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/testca"
)

// house makes certificates in files.
type house struct {
	testca.Authority
	cert, key string
}

// issue returns the PEM of a certificate with that serial number, and of its key.
func (h house) issue(t *testing.T, serial int64) (cert, key []byte) {
	t.Helper()
	return h.issueFor(t, x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"a.test"}})
}

func (h house) issueFor(t *testing.T, template x509.Certificate) (cert, key []byte) {
	t.Helper()
	own := testca.NewKey(t)
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(2)
	}
	c := h.Sign(t, template, own.Public())
	der, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil { // as programs that renew certificates do
		t.Fatal(err)
	}
}

// TestFiles has files change under the service: whole, by halves, to nonsense, and away.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	h := house{testca.New(t, "house", testca.NewKey(t), time.Now()), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	var log strings.Builder
	c1, k1 := h.issue(t, 11)
	write(t, h.cert, c1)
	write(t, h.key, k1)
	f, err := NewFiles(h.cert, h.key, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	want := func(when string, serial int64, warnings int) {
		t.Helper()
		for range 2 { // what cannot be used is told once
			c, err := f.TLS().GetCertificate(nil)
			if err != nil || c.Leaf.SerialNumber.Int64() != serial {
				t.Errorf("%s: certificate %v, %v; want %d", when, c.Leaf.SerialNumber, err, serial)
			}
		}
		if n := strings.Count(log.String(), "level=WARN"); n != warnings {
			t.Errorf("%s: %d warnings, want %d: %s", when, n, warnings, log.String())
		}
	}
	want("at first", 11, 0)
	c2, k2 := h.issue(t, 12)
	write(t, h.cert, c2)
	want("half of a renewal", 11, 1)
	write(t, h.key, k2)
	want("all of it", 12, 1)
	write(t, h.cert, []byte("nonsense"))
	want("nonsense", 12, 2)
	if err := os.Remove(h.cert); err != nil {
		t.Fatal(err)
	}
	want("gone", 12, 2)
	write(t, h.cert, c2)
	want("back", 12, 2)
}

// TestNewFiles wants files that cannot be used told at once, by their names.
func TestNewFiles(t *testing.T) {
	dir := t.TempDir()
	h := house{testca.New(t, "house", testca.NewKey(t), time.Now()), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	try := func(want string) {
		t.Helper()
		if _, err := NewFiles(h.cert, h.key, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	try("cert.pem")
	c1, _ := h.issue(t, 1)
	_, k2 := h.issue(t, 2)
	write(t, h.cert, c1)
	try("key.pem")
	write(t, h.key, k2)
	try("private key does not match")
}
