package mailtls_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// revoker is an authority with a list of what it revoked, and a server with a certificate of it.
type revoker struct {
	root *x509.Certificate
	addr string
	asks *int
}

// newRevoker starts them. The list has the serial numbers given; the server's is 7.
func newRevoker(t *testing.T, revoked ...int64) revoker {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-time.Hour)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "House CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NotBefore: start, NotAfter: start.Add(48 * time.Hour)}
	root := sign(t, ca, ca, key, key)
	var asks int
	var list []byte
	authority := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asks++; _, _ = w.Write(list) }))
	t.Cleanup(authority.Close)
	crl := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: start, NextUpdate: start.Add(24 * time.Hour)}
	for _, n := range revoked {
		crl.RevokedCertificateEntries = append(crl.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(n), RevocationTime: start})
	}
	if list, err = x509.CreateRevocationList(rand.Reader, crl, root, key); err != nil {
		t.Fatal(err)
	}
	leaf := sign(t, &x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: []string{"mail.example.org"}, CRLDistributionPoints: []string{authority.URL},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: start, NotAfter: start.Add(48 * time.Hour)}, root, key, key)
	return revoker{root: root, asks: &asks, addr: serveIMAPS(t, tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key})}
}

func sign(t *testing.T, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serveIMAPS greets whoever finishes a handshake.
func serveIMAPS(t *testing.T, c tls.Certificate) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, "* OK ready\r\n")
				_, _ = io.Copy(io.Discard, conn)
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); tasks.Wait() })
	return l.Addr().String()
}

// scanRevocation scans the server and returns the fact and the finding, if there is one.
func scanRevocation(t *testing.T, r revoker, cfg mailtls.Config) (evidence.Fact[[]evidence.Revocation], *check.Finding) {
	t.Helper()
	host, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		t.Fatal(err)
	}
	cfg.IP, cfg.Quick = host, true
	report, err := mailtls.Scan(t.Context(), "imaps://mail.example.org:"+port, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	e := report.Endpoints[0]
	if i := slices.IndexFunc(e.Findings, func(f check.Finding) bool { return f.Check == "cert-revoked" }); i >= 0 {
		return e.Facts.Revocation, &e.Findings[i]
	}
	return e.Facts.Revocation, nil
}

// TestRevocation asks the authority of the house, at an address that is not public, because the user named it.
func TestRevocation(t *testing.T) {
	for name, tt := range map[string]struct {
		revoked []int64
		want    check.Level
	}{"good": {nil, check.Pass}, "revoked": {[]int64{7}, check.Fail}} {
		t.Run(name, func(t *testing.T) {
			r := newRevoker(t, tt.revoked...)
			fact, f := scanRevocation(t, r, mailtls.Config{Revocation: true, ExtraRoots: []*x509.Certificate{r.root}})
			if fact.State != evidence.Known || f == nil || f.Level != tt.want || *r.asks != 1 {
				t.Errorf("asked %d times: %+v, %+v", *r.asks, fact, f)
			}
		})
	}
}

// TestRevocationElsewhere asks nobody at a private address for an authority that the user did not name, and says so.
func TestRevocationElsewhere(t *testing.T) {
	r := newRevoker(t, 7)
	pool := x509.NewCertPool()
	pool.AddCert(r.root)
	fact, f := scanRevocation(t, r, mailtls.Config{Revocation: true, Roots: pool})
	if fact.State != evidence.Partial || f == nil || f.Level != check.Undecided || !strings.Contains(f.Message, "public address") || *r.asks != 0 {
		t.Errorf("asked %d times: %+v, %+v", *r.asks, fact, f)
	}
}

// TestRevocationOfStrangers asks about no certificate that leads nowhere: it would decide whom we ask.
func TestRevocationOfStrangers(t *testing.T) {
	r := newRevoker(t, 7)
	fact, f := scanRevocation(t, r, mailtls.Config{Revocation: true})
	if fact.State != evidence.Inapplicable || f == nil || f.Level != check.NotApplicable || *r.asks != 0 {
		t.Errorf("asked %d times: %+v, %+v", *r.asks, fact, f)
	}
}

// TestRevocationUnasked asks nobody by itself, and is not incomplete for it.
func TestRevocationUnasked(t *testing.T) {
	r := newRevoker(t, 7)
	fact, f := scanRevocation(t, r, mailtls.Config{ExtraRoots: []*x509.Certificate{r.root}})
	if fact.State != evidence.NotSought || f != nil || *r.asks != 0 {
		t.Errorf("asked %d times: %+v, %+v", *r.asks, fact, f)
	}
}
