package main

import (
	"crypto/x509"
	"os"
	"os/exec"
	"testing"
)

// TestNoSystemRoots has this program trust somebody where the system has no roots: mail servers, webhooks and authorities of ACME show certificates.
func TestNoSystemRoots(t *testing.T) {
	if os.Getenv("SSL_CERT_FILE") == os.DevNull {
		pool, err := x509.SystemCertPool()
		if err != nil || pool.Equal(x509.NewCertPool()) {
			t.Errorf("nobody is trusted: %v", err)
		}
		return
	}
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), me, "-test.run", "^TestNoSystemRoots$")
	child.Env = append(os.Environ(), "SSL_CERT_FILE="+os.DevNull, "SSL_CERT_DIR="+t.TempDir())
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
