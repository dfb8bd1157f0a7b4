package nettest

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/testca"
)

// A world is an internet that runs.
type world struct {
	domains []domain
	anchor  string              // of DNSSEC
	roots   []*x509.Certificate // whose certificates are trusted
	bundle  string              // a file with them
	called  map[netip.Addr]evidence.ReverseDNS
}

// Addresses that are not a lab server's: of who asks, and of Postfix and Dovecot, which are mail.test.
const (
	clientAddress = "192.0.2.1"
	realAddress   = "192.0.2.2"
	deadAddress   = "192.0.2.3" // nothing listens there
)

// newWorld starts everything.
func newWorld(t *testing.T, list []domain) *world {
	t.Helper()
	places := addressesFor(list)
	all := []string{realAddress, deadAddress, siteAddress, muteAddress}
	for _, a := range places {
		all = append(all, a...)
	}
	network(t, clientAddress, all)
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	web := testca.New(t, "web", testca.NewKey(t), time.Now())
	w := &world{domains: list, roots: []*x509.Certificate{web.Cert, realRoot(t)}}
	for _, der := range ca.Roots() {
		w.roots = append(w.roots, parsed(t, der))
	}
	w.bundle = writeBundle(t, w.roots)
	for _, s := range []realtest.Starter{realtest.Postfix{At: realAddress}, realtest.Dovecot{At: realAddress}} {
		realtest.Start(t, s)
	}
	real := running{server: server{host: "@", tlsa: []string{"3 1 1 own", "2 1 1 above"}}, name: "mail.test", addresses: []string{realAddress},
		chain: chainAt(t, realAddress, "mail.test")}
	serveSites(t, list, web)
	zones := []dnstest.Zone{{Name: ".", Signing: &dnstest.Signing{}}, {Name: "test.", Signing: &dnstest.Signing{NSEC3: nsec3()}}}
	authorities := ca.Roots()
	var everyone []running
	for _, d := range list {
		var servers []running
		if d.name == "mail" {
			servers = append(servers, real)
		}
		for i, s := range d.servers {
			servers = append(servers, serve(t, d, s, places[fmt.Sprint(d.name, i)], ca))
		}
		for _, s := range servers {
			authorities = append(authorities, s.chain[min(len(s.chain), 1):]...)
		}
		zones = append(zones, d.zone(t, servers, authorities))
		everyone = append(everyone, servers...)
	}
	w.serveZones(t, append(zones, w.reverse(t, everyone)...))
	return w
}

// serveZones starts the name servers: NSD with authority, Unbound where resolv.conf says.
func (w *world) serveZones(t *testing.T, zones []dnstest.Zone) {
	t.Helper()
	texts, anchor, err := dnstest.Tree(zones)
	if err != nil {
		t.Fatal(err)
	}
	w.anchor = anchor
	nsd, err := dnstest.NSD(t.Context(), t.TempDir(), texts)
	cleanup(t, nsd, err)
	unbound, err := dnstest.UnboundAt(t.Context(), 53, t.TempDir(), anchor, nsd.Addr, texts)
	cleanup(t, unbound, err)
}

func cleanup(t *testing.T, s *dnstest.Server, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
}

// realRoot is the authority of realtest's servers.
func realRoot(t *testing.T) *x509.Certificate {
	t.Helper()
	certs, err := realtest.Certificates()
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, certs[0].Certificate[1])
}

func parsed(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func writeBundle(t *testing.T, roots []*x509.Certificate) string {
	t.Helper()
	var text []byte
	for _, c := range roots {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	file := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func nsec3() *dns.NSEC3PARAM { return &dns.NSEC3PARAM{Hash: dns.SHA1} }
