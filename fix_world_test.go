package mailtls

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/testca"
	"github.com/mailtls/mailtls/internal/x509lax"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// A cureWorld is a domain whose DNS is a twin, whose documents come from a server on this machine, and whose mail servers show
// certificates that are made here.
type cureWorld struct {
	records   []string
	documents map[string]string // by host and path; those of a policy are text/plain
	signed    map[string]resolve.Status
	failing   map[string]string   // names, or names and types, that cannot be looked up, and why
	chains    map[string][][]byte // by the name of a host
	silent    map[string]bool     // addresses that refuse connections

	ports      map[string]bool // addresses and ports that refuse connections
	unanswered map[string]bool // addresses that do not even do that
	plain      map[string]bool // hosts without STARTTLS
	roots      *x509.CertPool
	authority  testca.Authority
	web        *httptest.Server
	start      time.Time
}

const (
	policyPlace     = "mta-sts.good.test/.well-known/mta-sts.txt"
	autoconfigPlace = "autoconfig.good.test/mail/config-v1.1.xml"
)

// newCureWorld makes one that has nothing amiss.
func newCureWorld(t *testing.T) *cureWorld {
	t.Helper()
	now := time.Now()
	root := testca.New(t, "root", testca.NewKey(t), now)
	key := testca.NewKey(t)
	middle := root.Sign(t, x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "R1", Organization: []string{"Let's Encrypt"}}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, key.Public())
	w := &cureWorld{authority: testca.Authority{Cert: middle, Key: key, Now: now}, roots: x509.NewCertPool(), start: now,
		signed: map[string]resolve.Status{"good.test.": resolve.Secure}, chains: map[string][][]byte{}, silent: map[string]bool{}, ports: map[string]bool{}, unanswered: map[string]bool{}, plain: map[string]bool{}}
	w.roots.AddCert(root.Cert)
	w.documents = map[string]string{policyPlace: "version: STSv1\nmode: enforce\nmx: *.good.test\nmax_age: 1209600\n"}
	for _, host := range []string{"mx1.good.test", "mx2.good.test", "mail.good.test"} {
		w.certify(t, host, host)
	}
	w.serve(t)
	w.records = strings.Split(`good.test. MX 10 mx1.good.test.
good.test. MX 20 mx2.good.test.
good.test. A 192.0.2.9
mx1.good.test. A 192.0.2.1
mx1.good.test. AAAA 2001:db8::1
mx2.good.test. A 192.0.2.2
mail.good.test. A 192.0.2.3
mta-sts.good.test. A 127.0.0.1
autoconfig.good.test. A 127.0.0.1
_mta-sts.good.test. TXT "v=STSv1; id=1;"
_smtp._tls.good.test. TXT "v=TLSRPTv1; rua=mailto:tls@good.test"
_imaps._tcp.good.test. SRV 0 1 993 mail.good.test.
_submissions._tcp.good.test. SRV 0 1 465 mail.good.test.
good.test. CAA 0 issue "letsencrypt.org"`, "\n")
	for _, host := range []string{"mx1.good.test", "mx2.good.test"} {
		w.publish(host, 25, w.digest(t, host, 0, 3), w.digest(t, host, 1, 2))
	}
	return w
}

// certify gives a host a certificate for names, with the one above.
func (w *cureWorld) certify(t *testing.T, host string, names ...string) crypto.Signer {
	key := testca.NewKey(t)
	own := w.authority.Sign(t, x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, key.Public())
	w.chains[host] = [][]byte{own.Raw, w.authority.Cert.Raw}
	return key
}

// digest is a record of a usage on the key of one of a host's certificates.
func (w *cureWorld) digest(t *testing.T, host string, position, usage int) string {
	c := x509lax.Read(w.chains[host][position])
	if c.PublicKey.SHA256 == "" {
		t.Fatal("no key")
	}
	return fmt.Sprintf("%d 1 1 %s", usage, c.PublicKey.SHA256)
}

func (w *cureWorld) publish(host string, port int, records ...string) {
	for _, r := range records {
		w.records = append(w.records, fmt.Sprintf("_%d._tcp.%s. TLSA %s", port, host, r))
	}
}

// drop takes out the records that begin with a text.
func (w *cureWorld) drop(begin string) {
	var left []string
	for _, r := range w.records {
		if !strings.HasPrefix(r, begin) {
			left = append(left, r)
		}
	}
	w.records = left
}

// serve runs the web server of the policy and of documents for mail programs.
func (w *cureWorld) serve(t *testing.T) {
	key := w.certify(t, "web", "mta-sts.good.test", "autoconfig.good.test")
	w.web = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		text, ok := w.documents[r.Host+r.URL.Path]
		if !ok {
			http.NotFound(rw, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".txt") {
			rw.Header().Set("Content-Type", "text/plain")
		}
		_, _ = io.WriteString(rw, text)
	}))
	w.web.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: w.chains["web"], PrivateKey: key}}}
	w.web.StartTLS()
	t.Cleanup(w.web.Close)
}

// report looks at the domain, and at its servers as they would be seen.
func (w *cureWorld) report(t *testing.T) *report.Report {
	t.Helper()
	twin, err := resolve.NewTwin(strings.Join(w.records, "\n"), w.signed, w.failing)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.stages()
	if err != nil {
		t.Fatal(err)
	}
	s.lookup = discover.Config{Resolver: twin, Named: "twin", Mode: resolve.Local, NoGuesses: true,
		Fetch: discover.Fetcher{Roots: w.roots, Allow: netip.Addr.IsLoopback, Timeout: time.Minute, Port: w.web.Listener.Addr().(*net.TCPAddr).Port, Plain: 1}}
	d, err := s.Discover(t.Context(), "good.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	var endpoints []*evidence.Endpoint
	for _, target := range s.Targets(d) {
		endpoints = append(endpoints, w.endpoint(target))
	}
	r, err := s.Report(d, endpoints)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stages are such as ask no name server.
func (w *cureWorld) stages() (*Stages, error) {
	s := new(Stages)
	var err error
	s.pool, s.trust, s.roots, err = trustIn(w.roots, nil)
	if err == nil {
		s.cfg.mail, err = s.cfg.mailPolicy()
	}
	return s, err
}

// endpoint is what a scan sees of a server.
func (w *cureWorld) endpoint(at evidence.Target) *evidence.Endpoint {
	e := &evidence.Endpoint{At: w.start, Target: at}
	e.Target.ServerName = at.Host
	f := &e.Facts
	f.Reachable = evidence.Fact[bool]{State: evidence.Known, Value: !w.silent[at.Address] && !w.ports[net.JoinHostPort(at.Address, strconv.Itoa(at.Port))], Why: "connection refused"}
	if w.unanswered[at.Address] {
		f.Reachable = evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer within 10s"}
	}
	if evidence.Is(f.Reachable) != evidence.Yes {
		why := f.Reachable.Why
		f.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Unknown, Why: why}
		f.Versions.State, f.Versions.Why, f.Certificates.State, f.Certificates.Why = evidence.Unknown, why, evidence.Unknown, why
		return e
	}
	f.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Known, Value: evidence.STARTTLS{Offered: !w.plain[at.Host], Works: !w.plain[at.Host]}}
	if strings.HasSuffix(at.Protocol, "s") {
		f.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
	}
	if w.plain[at.Host] {
		f.Versions.State, f.Versions.Why, f.Certificates.State, f.Certificates.Why = evidence.Inapplicable, "no STARTTLS", evidence.Inapplicable, "no STARTTLS"
		return e
	}
	f.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Known, Value: []tlswire.Version{tlswire.TLS12, tlswire.TLS13}}
	e.Blobs.Certificates = map[string]*evidence.Certificate{}
	chain := evidence.Chain{WithSNI: true, WithoutSNI: true}
	for _, der := range w.chains[at.Host] {
		c := x509lax.Read(der)
		e.Blobs.Certificates[c.SHA256] = c
		chain.Certificates = append(chain.Certificates, c.SHA256)
	}
	trust := x509lax.Verify(w.chains[at.Host], w.roots, []string{at.Host}, w.start)
	chain.Trust = &trust
	f.Certificates = evidence.Fact[[]evidence.Chain]{State: evidence.Known, Value: []evidence.Chain{chain}}
	return e
}

// canonical is a record as the DNS compares it, without its TTL.
func canonical(t *testing.T, record string) dns.RR {
	t.Helper()
	rr, err := dns.NewRR(record)
	if err != nil || rr == nil {
		t.Fatalf("%q: %v", record, err)
	}
	return rr
}
