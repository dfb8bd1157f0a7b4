package nettest

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/testca"
)

// A site is what a domain publishes for MTA-STS.
type site struct {
	policy string
	serve  http.HandlerFunc // instead of the policy
	cert   string           // "": as it should be; "self": signed by itself; "wrong": made out to another name; "expired": no longer valid
	txt    []string         // records of _mta-sts; nil: one that is right
	absent bool             // mta-sts.DOMAIN has no address
	mute   bool             // connections are taken there, and never answered
	silent bool             // nothing comes back in time
}

// siteAddress is where the web server is.
const siteAddress = "192.0.2.4"

// muteAddress is where connections are taken, by the kernel alone.
const muteAddress = "192.0.2.5"

func (s *site) records() []string {
	var out []string
	switch {
	case s.mute:
		out = append(out, "mta-sts A "+muteAddress)
	case !s.absent:
		out = append(out, "mta-sts A "+siteAddress)
	}
	if s.txt == nil {
		return append(out, `_mta-sts TXT "v=STSv1; id=20261126;"`)
	}
	for _, txt := range s.txt {
		out = append(out, `_mta-sts TXT "`+txt+`"`)
	}
	return out
}

// policy is one as it should be, of a day.
func policy(mode string, mx ...string) string {
	text := "version: STSv1\r\nmode: " + mode + "\r\n"
	for _, host := range mx {
		text += "mx: " + host + "\r\n"
	}
	return text + "max_age: 86400\r\n"
}

// serveSites runs the web server of all domains.
func serveSites(t *testing.T, list []domain, ca testca.Authority) {
	t.Helper()
	sites := map[string]*site{}
	for _, d := range list {
		if d.site != nil {
			sites["mta-sts."+d.name+".test"] = d.site
		}
	}
	l, err := net.Listen("tcp", siteAddress+":443")
	if err != nil {
		t.Fatal(err)
	}
	mute, err := net.Listen("tcp", muteAddress+":443")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mute.Close() })
	certs := siteCertificates(t, sites, ca)
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), TLSConfig: &tls.Config{
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) { return certs[h.ServerName], nil },
	}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sites[r.Host]
		switch {
		case s == nil || r.URL.Path != "/.well-known/mta-sts.txt":
			http.NotFound(w, r)
		case s.serve != nil:
			s.serve(w, r)
		default:
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, s.policy)
		}
	})}
	done := make(chan struct{})
	go func() {
		_ = server.ServeTLS(l, "", "")
		close(done)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
}

func siteCertificates(t *testing.T, sites map[string]*site, ca testca.Authority) map[string]*tls.Certificate {
	t.Helper()
	key, certs := testca.NewKey(t), map[string]*tls.Certificate{}
	for host, s := range sites {
		issuer, name := ca, host
		switch s.cert {
		case "self":
			issuer = testca.Authority{Key: key, Now: ca.Now}
		case "wrong":
			name = "www" + strings.TrimPrefix(host, "mta-sts")
		case "expired":
			issuer.Now = issuer.Now.AddDate(-1, 0, 0)
		}
		certs[host] = certificate(t, issuer, key, name)
	}
	return certs
}

func certificate(t *testing.T, issuer testca.Authority, key crypto.Signer, name string) *tls.Certificate {
	t.Helper()
	c := issuer.Sign(t, x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, key.Public())
	return &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key}
}
