package nettest

import (
	"crypto"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mailtls/mailtls/internal/testca"
)

// doors are all that listens, and who came.
type doors struct {
	mu     sync.Mutex
	public int      // connections to public addresses at ports that are asked
	wrong  []string // where others went
}

// listen opens ports at every address of this network. At those of the web stand the servers of the attempts.
func listen(t *testing.T, ca testca.Authority, list []attempt) *doors {
	t.Helper()
	d, sites := new(doors), newSites(t, ca, list)
	for _, port := range []int{22, 24, 25, 80, 110, 143, 443, 465, 587, 993, 995, 2525, 4190, 5432, 6379, 8080} {
		l, err := net.Listen("tcp", ":"+strconv.Itoa(port))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				if d.enter(c) && port == 443 {
					sites.conns <- c
				} else {
					_ = c.Close()
				}
			}
		}()
		t.Cleanup(func() { _ = l.Close(); <-done })
	}
	return d
}

// enter notes who came, and reports whether it was right.
func (d *doors) enter(c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err == nil && slices.Contains(publicAddresses(), at.Addr().Unmap().String()) && slices.Contains([]uint16{24, 25, 80, 110, 143, 443, 465, 587, 993, 995, 2525, 4190}, at.Port()) {
		d.public++
		return true
	}
	d.wrong = append(d.wrong, c.LocalAddr().String())
	return false
}

// check wants nobody to have gone wrong, though that was possible.
func (d *doors) check(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	public, wrong := d.public, slices.Clone(d.wrong)
	d.mu.Unlock()
	t.Logf("%d connections to public addresses", public)
	if public == 0 || len(wrong) > 0 {
		t.Errorf("%d connections to public addresses, want some; and to %q, want none", public, wrong)
	}
	for _, a := range append([]string{"127.0.0.1", "::1", "::ffff:127.0.0.1"}, privateAddresses()...) {
		c, err := net.Dial("tcp", net.JoinHostPort(a, "25"))
		if err != nil {
			t.Errorf("nobody could have come to %s: %v", a, err)
			continue
		}
		_, _ = io.Copy(io.Discard, c) // until it is closed, so that it was counted
		_ = c.Close()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.wrong) - len(wrong); n != len(privateAddresses())+3 {
		t.Errorf("%d were seen to go wrong, want all", n)
	}
}

// sites are the web servers of the attempts, at one place.
type sites struct {
	net.Listener
	conns chan net.Conn
	end   chan struct{}
}

// Accept implements net.Listener.
func (s *sites) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.end:
		return nil, net.ErrClosed
	}
}

func newSites(t *testing.T, ca testca.Authority, list []attempt) *sites {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sites{Listener: l, conns: make(chan net.Conn), end: make(chan struct{})}
	key := testca.NewKey(t)
	certs, handlers := siteCertsFor(t, ca, key, list), map[string]http.HandlerFunc{}
	for _, a := range list {
		handlers[a.target] = a.web
	}
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), TLSConfig: &tls.Config{
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) { return certs[h.ServerName], nil },
	}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		domain := r.Host
		for _, label := range []string{"mta-sts.", "autoconfig.", "autodiscover."} {
			domain = strings.TrimPrefix(domain, label)
		}
		if h := handlers[domain]; h != nil {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.ServeTLS(s, "", "") }()
	t.Cleanup(func() {
		close(s.end)
		_ = server.Close()
		<-done
	})
	return s
}

func siteCertsFor(t *testing.T, ca testca.Authority, key crypto.Signer, list []attempt) map[string]*tls.Certificate {
	t.Helper()
	certs := map[string]*tls.Certificate{}
	for _, a := range list {
		if a.web == nil {
			continue
		}
		for _, label := range []string{"", "mta-sts.", "autoconfig.", "autodiscover."} {
			certs[label+a.target] = certificate(t, ca, key, label+a.target)
		}
	}
	return certs
}
