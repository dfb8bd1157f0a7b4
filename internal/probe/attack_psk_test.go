package probe

import (
	"crypto/rand"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/testca"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// onceOnly is a server of TLS 1.3 that resumes without a key exchange, by each of its tickets once.
type onceOnly struct {
	tlspeer.ServerConfig
	mu   sync.Mutex
	keys map[string][]byte
}

func newOnceOnly(t *testing.T, tickets int) *onceOnly {
	t.Helper()
	own := testca.New(t, "once", testca.NewKey(t), time.Now())
	o := &onceOnly{keys: map[string][]byte{}}
	o.ServerConfig = tlspeer.ServerConfig{Suite: tlswire.TLS_AES_128_GCM_SHA256, Group: tlswire.X25519, Scheme: tlswire.ECDSASecp256r1SHA256, Key: own.Key,
		Certificate:  tlswire.CertificateTLS13{Entries: []tlswire.CertificateEntry{{DER: own.Cert.Raw}}},
		WithoutShare: true, Secret: o.take, Issued: o.put, Tickets: make([]tlswire.NewSessionTicketTLS13, tickets)}
	return o
}

func (o *onceOnly) put(t tlswire.NewSessionTicketTLS13, secret []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keys[string(t.Ticket)] = secret
}

func (o *onceOnly) take(ticket []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	secret := o.keys[string(ticket)]
	delete(o.keys, string(ticket))
	return secret
}

// serve answers one connection, and repeats what is said inside.
func (o *onceOnly) serve(t *testing.T, conn net.Conn) {
	config := o.ServerConfig
	config.Tickets = nil
	for range o.Tickets {
		config.Tickets = append(config.Tickets, tlswire.NewSessionTicketTLS13{Lifetime: 3600, Nonce: []byte{byte(len(config.Tickets))}, Ticket: []byte(rand.Text())})
	}
	s, err := tlspeer.Server(t.Context(), conn, nil, &config)
	if err == nil {
		_, err = io.WriteString(s, "220 mail\r\n")
	}
	if err == nil { // else the client tells what is wrong
		_, _ = io.Copy(s, s)
	}
	_ = s.Close()
}

// TestTicketsForOnce finds servers that take each ticket once, whether they give one at a time or several.
func TestTicketsForOnce(t *testing.T) {
	for _, tickets := range []int{1, 2, 12} {
		o := newOnceOnly(t, tickets)
		session := newSession(evidence.Target{Protocol: "smtps"}, Config{Timeout: time.Minute}, starttls.Submissions)
		connect := func(offer evidence.Offer) *connection {
			client, server := tcpPair(t)
			go o.serve(t, server)
			offer.KeyShares = []tlswire.Group{tlswire.X25519}
			return &connection{Session: session, conn: &countedConn{Conn: client}, offer: offer, obs: &evidence.Observation{Offer: offer}}
		}
		suites := []tlswire.Suite{tlswire.TLS_AES_128_GCM_SHA256}
		first := connect(evidence.Offer{Version: tlswire.TLS13, Suites: evidence.SuiteOffer{Only: suites}, Variants: []evidence.Variant{evidence.Finished}})
		if end := first.peer13(t.Context()); end.Kind != evidence.EndDone {
			t.Fatal(end)
		}
		for n := range 3 {
			c := connect(trying(evidence.PSKWithoutDHE, "", tlswire.TLS13, suites).offer)
			c.obs.End = c.tryPSK(t.Context())
			if r := readReply(c.obs); r.withoutShare() != evidence.Yes {
				t.Errorf("%d tickets at a time, try %d: %v, %v", tickets, n, r.withoutShare(), c.obs.End)
			}
		}
	}
}
