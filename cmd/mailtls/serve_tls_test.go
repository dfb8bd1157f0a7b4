package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/testca"
	"github.com/mailtls/mailtls/report"
)

// ownName is that of the service in these tests.
const ownName = "mailtls.ours.test"

// freePort is one that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// browser asks the service at a port whatever name is asked for, and trusts roots.
func browser(t *testing.T, port int, roots *x509.CertPool) *http.Client {
	t.Helper()
	tr := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// pageOf asks for a page, and returns the answer and its text.
func pageOf(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	res, err := c.Get(url) //nolint:noctx // the test ends anyway
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// trustPebble has programs that are begun from now on trust it as the machine's own authorities.
func trustPebble(t *testing.T) *x509.CertPool {
	t.Helper()
	certs, err := realtest.Certificates()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certs[0].Certificate[1]}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
	roots, err := realtest.Roots()
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

// TestTLSName has the service fetch a certificate by each way by which an authority looks whether the name is ours, serve with it, and begin again
// without the authority.
func TestTLSName(t *testing.T) {
	if testing.Short() {
		t.Skip("runs an authority and name servers")
	}
	realtest.Need(t, "pebble")
	trusted := trustPebble(t)
	resolver := nameServers(t, dnstest.Zone{Name: "ours.test.", Records: []string{"mailtls A 127.0.0.1"}})
	for _, way := range []string{"tls-alpn-01", "http-01"} {
		t.Run(way, func(t *testing.T) {
			authority, serves := beginOwn(t, way, resolver)
			_, root := pageOf(t, browser(t, portOf(t, authority.Addr("management")), trusted), "https://localhost/roots/0")
			roots := x509.NewCertPool()
			if !roots.AppendCertsFromPEM([]byte(root)) {
				t.Fatalf("no root: %q", root)
			}
			serves.awaitCertificate(t, roots)
			checkOwnTLS(t, serves.port, serves.plain, roots)
			serves.end(t)
			authority.Close()
			again := serves.again(t)
			again.awaitCertificate(t, roots)
			again.end(t)
		})
	}
}

// ownService is one that fetches its certificate.
type ownService struct {
	*program
	port, plain int
	rest        []string // of its flags, but for those of ports
}

// taken is what a program says of a port that another has: that may happen between its choice and its use, and is to be tried again.
const taken, tries = "address already in use", 10

// beginOwn begins a service and the authority that it asks, which looks by one way whether the name is its own.
func beginOwn(t *testing.T, way, resolver string) (authority *realtest.Server, s *ownService) {
	t.Helper()
	database := filepath.Join(t.TempDir(), "x.db")
	for range tries {
		port, plain, closed := freePort(t), freePort(t), freePort(t)
		p := realtest.Pebble{DNS: resolver, TLSPort: port, HTTPPort: closed}
		if way == "http-01" {
			p.TLSPort, p.HTTPPort = closed, plain
		}
		authority = realtest.Start(t, p)
		s = &ownService{port: port, plain: plain, rest: []string{"--tls-name", ownName, "--database", database, "--acme-directory", "https://" + authority.Addr("acme") + "/dir",
			"--acme-email", "postmaster@ours.test"}}
		if s.begin(t) {
			return authority, s
		}
		authority.Close()
	}
	t.Fatalf("others took the port, %d times", tries)
	return nil, nil
}

// begin runs the service, unless another program has its ports now.
func (s *ownService) begin(t *testing.T) bool {
	t.Helper()
	s.program = launch(t, append([]string{"serve", "--listen", "127.0.0.1:" + strconv.Itoa(s.port), "--listen-http", "127.0.0.1:" + strconv.Itoa(s.plain)}, s.rest...)...)
	if s.first != "" {
		return true
	}
	if err := <-s.ended; !strings.Contains(s.said.String(), taken) {
		t.Fatalf("%s ended with %v: %s", s.Args, err, s.said.String())
	}
	return false
}

// again begins the service once more, at whatever ports.
func (s *ownService) again(t *testing.T) *ownService {
	t.Helper()
	for range tries {
		next := &ownService{port: freePort(t), plain: freePort(t), rest: s.rest}
		if next.begin(t) {
			return next
		}
	}
	t.Fatalf("others took the port, %d times", tries)
	return nil
}

// portOf is the port of an address.
func portOf(t *testing.T, addr string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// awaitCertificate shakes hands until there is a certificate.
func (s *ownService) awaitCertificate(t *testing.T, roots *x509.CertPool) {
	t.Helper()
	patience, tick := realtest.Patience(t), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		c, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), &tls.Config{RootCAs: roots, ServerName: ownName, MinVersion: tls.VersionTLS12})
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-tick.C:
		case ended := <-s.ended:
			t.Fatalf("%v, and it ended with %v: %s", err, ended, s.said.String())
		case <-patience.Done():
			s.lateTo(t, "have a certificate", err)
		}
	}
}

// checkOwnTLS asks the service as browsers do, by its name and by others, with TLS and without.
func checkOwnTLS(t *testing.T, port, plain int, roots *x509.CertPool) {
	t.Helper()
	res, text := pageOf(t, browser(t, port, roots), "https://"+ownName+"/healthz")
	if res.StatusCode != http.StatusOK || text != "ok\n" || res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") != "max-age=31536000" {
		t.Errorf("%s, %s, %v: %q", res.Status, res.Proto, res.Header, text)
	}
	if _, text := pageOf(t, browser(t, port, roots), "https://"+ownName+"/monitors"); strings.Contains(text, "<form") {
		t.Error("strangers have monitors")
	}
	at := "https://" + ownName + ":" + strconv.Itoa(port)
	if res, _ := pageOf(t, browser(t, plain, nil), "http://"+ownName+"/history?target=a%20b"); res.StatusCode != http.StatusPermanentRedirect ||
		res.Header.Get("Location") != at+"/history?target=a%20b" || res.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("without TLS: %s, %v", res.Status, res.Header)
	}
	if res, _ := pageOf(t, browser(t, plain, nil), "http://evil.test/"); res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("without TLS, by another name: %s", res.Status)
	}
	if c, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), &tls.Config{InsecureSkipVerify: true, ServerName: "evil.test"}); err == nil { //nolint:gosec // that is the question
		_ = c.Close()
		t.Error("another name has a certificate")
	}
}

// certificateFiles writes a certificate for the name of the service, which the authority signs.
func certificateFiles(t *testing.T, ca testca.Authority, serial int64, cert, key string) {
	t.Helper()
	own := testca.NewKey(t)
	c := ca.Sign(t, x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{ownName}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		KeyUsage: x509.KeyUsageDigitalSignature}, own.Public())
	der, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c.Raw}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTLSFiles has the service serve with a certificate from files, take up another while it runs, and be scanned by this program, which is to find
// nothing amiss.
func TestTLSFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a service")
	}
	ca := testca.New(t, "house", testca.NewKey(t), time.Now())
	roots := x509.NewCertPool()
	roots.AddCert(ca.Cert)
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	certificateFiles(t, ca, 2, cert, key)
	serves := begin(t, "serve", "--listen", "127.0.0.1:0", "--host", ownName, "--tls-cert", cert, "--tls-key", key, "--database", filepath.Join(t.TempDir(), "x.db"))
	port := portOf(t, strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(serves.first, "mailtls serves "), "; Ctrl-C ends it."), "https://"))
	for serial := range int64(2) {
		if serial > 0 {
			certificateFiles(t, ca, 2+serial, cert, key)
		}
		res, _ := pageOf(t, browser(t, port, roots), "https://"+ownName+"/healthz")
		if got := res.TLS.PeerCertificates[0].SerialNumber.Int64(); res.StatusCode != http.StatusOK || got != 2+serial {
			t.Errorf("%s, with certificate %d; want %d", res.Status, got, 2+serial)
		}
	}
	scanOwnTLS(t, port, ca.Cert)
	serves.end(t)
}

// scanOwnTLS wants nothing amiss, and nothing open but what is asked in sessions of mail, which a web server has none of. Package servetls has its
// settings scanned in full.
func scanOwnTLS(t *testing.T, port int, root *x509.Certificate) {
	t.Helper()
	inside := []string{"imap-compress", "banner-version"}
	r, err := mailtls.Scan(t.Context(), "imaps://127.0.0.1:"+strconv.Itoa(port), &mailtls.Config{ServerName: ownName, Quick: true, ExtraRoots: []*x509.Certificate{root}, Skip: inside})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Endpoints) != 1 || r.Endpoints[0].Verdict != report.Pass || len(r.Endpoints[0].Findings) < 50 {
		t.Errorf("not a pass: %d endpoints", len(r.Endpoints))
	}
	for _, e := range r.Endpoints {
		for _, f := range e.Findings {
			if f.Level != check.Pass && f.Level != check.NotApplicable {
				t.Errorf("%s: %s, %s", f.Check, f.Level, f.Message)
			}
		}
	}
}

// TestServeWrongKey names both files where they do not fit: it may be either that is wrong.
func TestServeWrongKey(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "a.pem"), filepath.Join(dir, "b.pem")
	h := testca.New(t, "house", testca.NewKey(t), time.Now())
	c := h.Sign(t, x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"a.test"}}, testca.NewKey(t).Public())
	der, err := x509.MarshalPKCS8PrivateKey(testca.NewKey(t))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = execute(&app{stdout: &out, stderr: &out}, t.Context(), "serve", "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--database", filepath.Join(dir, "x.db"))
	if err == nil || exitCode(err, io.Discard) != exitUsage || !strings.Contains(err.Error(), cert) || !strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), "does not match") {
		t.Errorf("%v: %s", err, out.String())
	}
}
