package legacy

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/tlswire"
)

// ownKey starts OpenSSL with a self-signed certificate for a key of the kind that "openssl req -newkey" is told.
func ownKey(t *testing.T, kind string) (addr string) {
	t.Helper()
	realtest.Need(t, "openssl")
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key"), filepath.Join(dir, "cert")
	request := exec.Command("openssl", "req", "-x509", "-nodes", "-subj", "/CN=mail.test", "-keyout", key, "-out", cert, "-newkey", kind)
	if out, err := request.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	args := append([]string{"-cert", cert, "-key", key}, everything...)
	return realtest.Start(t, realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: args}).Addr("tls")
}

// TestShortRSAForeign finishes a handshake with a key that crypto/rsa refuses, and verifies its signature.
func TestShortRSAForeign(t *testing.T) {
	addr := ownKey(t, "rsa:512")
	for _, v := range versions()[1:] {
		for _, id := range []tlswire.Suite{cbcSuite, ecdheSuite} {
			s := complete(t, addr, &ClientConfig{Hello: hello(v, id)})
			if id == ecdheSuite && (s.Seen.SignatureValid == nil || !*s.Seen.SignatureValid) {
				t.Errorf("%v: signature valid: %v", v, s.Seen.SignatureValid)
			}
			greeted(t, s)
			s.Close()
		}
	}
}

func TestDSSForeign(t *testing.T) {
	realtest.Need(t, "openssl")
	params := filepath.Join(t.TempDir(), "params")
	if out, err := exec.Command("openssl", "dsaparam", "-out", params, "1024").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	addr := ownKey(t, "dsa:"+params)
	for v, id := range map[tlswire.Version]tlswire.Suite{tlswire.TLS10: 0x0032, tlswire.TLS11: 0x0038, tlswire.TLS12: 0x00A2} {
		h := hello(v, id)
		if v == tlswire.TLS12 {
			h = with(h, tlswire.SignatureAlgorithms([]tlswire.SignatureScheme{0x0402, 0x0202}))
		}
		s := complete(t, addr, &ClientConfig{Hello: h})
		if s.Seen.ServerKeyExchange.Signature == nil || s.Seen.SignatureValid != nil {
			t.Errorf("%v: signature valid: %v", v, s.Seen.SignatureValid)
		}
		greeted(t, s)
		s.Close()
	}
}
