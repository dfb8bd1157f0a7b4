package nettest

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/lab"
)

// running is a server that was started.
type running struct {
	server
	name      string // of the host, without the final dot
	addresses []string
	chain     [][]byte // its certificates; none if it has no STARTTLS that works
}

// strong is a lab server as it should be, with a certificate for name.
func strong(t *testing.T, name string) lab.Server {
	t.Helper()
	s, ok := lab.ByName("strong")
	if !ok {
		t.Fatal("the lab has no strong server")
	}
	s.Certificates = []lab.Certificate{{Key: lab.P256, Names: []string{name}}}
	return s
}

// names are what DNS calls a host of the domain.
func (d domain) host(host string) string {
	if host == "@" {
		return d.name + ".test"
	}
	return host + "." + d.name + ".test"
}

// serve runs s on port 25 of its addresses.
func serve(t *testing.T, d domain, s server, addresses []string, ca *lab.CA) running {
	t.Helper()
	r := running{server: s, name: d.host(s.host), addresses: addresses}
	spec := strong(t, r.name)
	if s.change != nil {
		s.change(&spec)
	}
	if spec.Name == "" {
		t.Fatalf("%s: the lab has no such server", d.name)
	}
	for _, a := range addresses {
		l, err := net.Listen("tcp", net.JoinHostPort(a, "25"))
		if err != nil {
			t.Fatal(err)
		}
		started, err := lab.Serve(t.Context(), spec, ca, l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = started.Close() })
	}
	if len(s.tlsa) > 0 {
		r.chain = chainAt(t, addresses[0], r.name)
	}
	return r
}

// chainAt asks a mail server for its certificates.
func chainAt(t *testing.T, address, name string) (chain [][]byte) {
	t.Helper()
	c, err := smtp.Dial(net.JoinHostPort(address, "25"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.StartTLS(&tls.Config{ServerName: name, MinVersion: tls.VersionTLS10, InsecureSkipVerify: true}); err != nil {
		t.Logf("%s: %v", name, err)
		return nil
	}
	state, _ := c.TLSConnectionState()
	for _, cert := range state.PeerCertificates {
		chain = append(chain, cert.Raw)
	}
	return chain
}

// addressesFor gives every server of the internet its addresses, one or two, none of them twice.
func addressesFor(list []domain) map[string][]string {
	out, n := map[string][]string{}, 9
	for _, d := range list {
		for i, s := range d.servers {
			n++
			key := fmt.Sprint(d.name, i)
			if s.family != "6" {
				out[key] = append(out[key], fmt.Sprintf("192.0.2.%d", n))
			}
			if strings.Contains(s.family, "6") {
				out[key] = append(out[key], fmt.Sprintf("2001:db8::%d", n))
			}
		}
	}
	return out
}
