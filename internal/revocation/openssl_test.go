package revocation

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// house is an authority made and run by openssl, in a folder of its own.
type house struct{ dir string }

// run calls openssl in the folder; without the program, the test is skipped.
func (h house) run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "openssl", args...)
	cmd.Dir, cmd.WaitDelay = h.dir, time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("openssl %v: %w: %s", args, err, out)
	}
	return nil
}

func (h house) must(t *testing.T, args ...string) {
	t.Helper()
	if err := h.run(t.Context(), args...); err != nil {
		t.Fatal(err)
	}
}

func (h house) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h house) read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (h house) cert(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(h.read(t, name))
	if block == nil {
		t.Fatalf("no certificate in %s", name)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// responder answers as "openssl ocsp" does.
func (h house) responder(t *testing.T) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile(filepath.Join(h.dir, "req.der"), body, 0o600)
		}
		if err == nil {
			err = h.run(r.Context(), "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ocsp.pem", "-rkey", "ocsp.key", "-ndays", "1",
				"-reqin", "req.der", "-respout", "resp.der")
		}
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = w.Write(h.read(t, "resp.der"))
	}
}

const houseConfig = `[ca]
default_ca = house
[house]
database = index.txt
certificate = ca.pem
private_key = ca.key
serial = serial
crlnumber = crlnumber
new_certs_dir = .
default_md = sha256
default_days = 30
default_crl_days = 1
policy = any
crl_extensions = crl
[any]
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@part
[part]
fullname = URI:%[2]s
onlyuser = TRUE
[leaf]
authorityInfoAccess = OCSP;URI:%[1]s
crlDistributionPoints = URI:%[2]s
[responder]
extendedKeyUsage = OCSPSigning
`

// TestOpenSSL asks an authority that openssl runs about its certificate, before and after it is revoked: the responder has
// a certificate of its own, and the list is only about certificates of servers.
func TestOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("needs openssl (Debian: openssl)")
	}
	h := house{t.TempDir()}
	ocspURL := serve(t, h.responder(t))
	listURL := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(h.read(t, "crl.der")) })
	h.write(t, "ca.cnf", fmt.Sprintf(houseConfig, ocspURL, listURL))
	h.write(t, "index.txt", "")
	h.write(t, "serial", "01\n")
	h.write(t, "crlnumber", "01\n")
	newKey := []string{"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"}
	h.must(t, append(newKey, "-x509", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=House CA")...)
	for name, extensions := range map[string]string{"leaf": "leaf", "ocsp": "responder"} {
		h.must(t, append(newKey, "-keyout", name+".key", "-out", name+".csr", "-subj", "/CN="+name)...)
		h.must(t, "ca", "-batch", "-config", "ca.cnf", "-extensions", extensions, "-in", name+".csr", "-out", name+".pem")
	}
	path := []*x509.Certificate{h.cert(t, "leaf.pem"), h.cert(t, "ca.pem")}
	ask := func(want evidence.RevocationStatus) {
		t.Helper()
		h.must(t, "ca", "-config", "ca.cnf", "-gencrl", "-out", "crl.pem")
		h.must(t, "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der")
		q := question{cert: path[0], issuer: path[1], anywhere: true, at: time.Now()}
		for by, how := range map[string]func() (answer, error){
			"OCSP": func() (answer, error) { return new(Asker).ocsp(t.Context(), q, ocspURL) },
			"CRL":  func() (answer, error) { return new(Asker).crl(t.Context(), q, listURL) },
		} {
			if got, err := how(); err != nil || got.status != want || want == evidence.Revoked && got.reason != "keyCompromise" {
				t.Errorf("%s: %+v, %v, want %s", by, got, err, want)
			}
		}
	}
	ask(evidence.NotRevoked)
	h.must(t, "ca", "-config", "ca.cnf", "-revoke", "leaf.pem", "-crl_reason", "keyCompromise")
	ask(evidence.Revoked)
}
