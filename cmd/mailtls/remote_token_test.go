package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/account"
)

// TestRemoteToken shows a token to the service that it is for, and to no other that this sends us to.
func TestRemoteToken(t *testing.T) {
	shown := make(map[string]string)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { shown["other"] += r.Header.Get("Authorization") + "." }))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown[r.URL.Path] = r.Header.Get("Authorization")
		if shown[r.URL.Path] == "" {
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	ask := func(env []string, args ...string) error {
		var out bytes.Buffer
		return execute(&app{env: env, stdout: &out, stderr: &out}, t.Context(), append([]string{"remote", "--server", s.URL}, args...)...)
	}
	if err := ask(nil, "a.test"); err == nil || !strings.Contains(err.Error(), "it wants a token of an account: see --token-file") {
		t.Errorf("without a token: %v", err)
	}
	token := account.NewToken()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ env, args []string }{
		"file": {nil, []string{"--token-file", file}}, "variable": {[]string{"MAILTLS_TOKEN=" + token}, nil}, "file before variable": {[]string{"MAILTLS_TOKEN=junk"}, []string{"--token-file", file}},
	} {
		delete(shown, "/api/v1/scans")
		if err := ask(c.env, append(c.args, "a.test")...); err == nil || !strings.Contains(err.Error(), "which is not to see the token") {
			t.Errorf("%s: sent elsewhere: %v", name, err)
		}
		if shown["/api/v1/scans"] != "Bearer "+token {
			t.Errorf("%s: shown %v", name, shown)
		}
	}
	if len(shown["other"]) > 0 {
		t.Errorf("another was asked: %v", shown)
	}
}

// TestRemoteCAFile trusts a service with a certificate of one's own authority when it is told to.
func TestRemoteCAFile(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "it got there", http.StatusTeapot) }))
	defer s.Close()
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newWhom()
	if err := f.roots.Set(file); err != nil {
		t.Fatal(err)
	}
	all, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	all.AddCert(s.Certificate())
	if got, err := f.trusted(); err != nil || !got.Equal(all) {
		t.Errorf("not this machine's authorities and that one: %v", err)
	}
	var out bytes.Buffer
	err = execute(&app{stdout: &out, stderr: &out}, t.Context(), "remote", "--ca-file", file, "--server", "http://127.0.0.1:1", "a.test")
	if err == nil || !strings.Contains(err.Error(), "--ca-file is for a service with HTTPS") {
		t.Errorf("without HTTPS: %v", err)
	}
	for _, command := range [][]string{{"remote", "a.test"}, {"remote", "campaign", "watch", "x"}} {
		for want, flags := range map[string][]string{"certificate signed by unknown authority: --ca-file FILE trusts another": nil, "418": {"--ca-file", file}} {
			var out bytes.Buffer
			args := slices.Concat(command, []string{"--server", s.URL}, flags)
			if err := execute(&app{stdout: &out, stderr: &out}, t.Context(), args...); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v, want %s", args, err, want)
			}
		}
	}
}
