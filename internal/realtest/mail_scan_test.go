package realtest

import (
	"context"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// postfixSuites is how many suites Debian's Postfix accepts with an RSA certificate, anonymous ones included.
var postfixSuites = map[tlswire.Version]int{tlswire.TLS10: 16, tlswire.TLS11: 16, tlswire.TLS12: 56, tlswire.TLS13: 3}

// mailServer is a real mail server and what a full scan of each of its services must find.
type mailServer struct {
	name   string
	server Starter
	suites map[tlswire.Version]int // how many; nil if the machine's crypto policy decides
	chains int                     // certificates, one for each kind of key
	above  int                     // connections beyond the floor that it may take
	scan   []string                // the services that are scanned; nil: all
}

// above is what a full scan may cost beyond the floor before something is broken. The aim is 12, which internal/bench
// measures; what is guessed wrong depends on the machine's load, and a long list in the server's own order has most to guess.
const above, aboveOwnOrder = 20, 60

// forAttacks is what the active checks may take of a healthy server.
const forAttacks = 25

func mailServers() []mailServer {
	dual := []Key{RSA, ECDSA}
	return []mailServer{
		{"postfix", Postfix{}, postfixSuites, 1, above, nil},
		{"postfix with two certificates", Postfix{Keys: dual}, nil, 2, above, []string{"smtp", "submissions"}},
		{"postfix with its own order", Postfix{Parameters: []string{"tls_preempt_cipherlist = yes"}}, postfixSuites, 1, aboveOwnOrder, []string{"submission"}},
		{"postfix with default limits", Postfix{Limits: true}, postfixSuites, 1, above, []string{"smtp"}},
		{"dovecot", Dovecot{}, nil, 1, above, nil},
		{"dovecot with two certificates", Dovecot{Keys: dual}, nil, 2, above, []string{"imap", "pop3s"}},
		{"exim", Exim{}, nil, 1, above, nil},
		{"exim with default limits", Exim{Limits: true}, nil, 1, above, nil},
	}
}

func TestMailServers(t *testing.T) {
	if testing.Short() {
		t.Skip("scans every service of every mail server")
	}
	t.Parallel()
	for _, m := range mailServers() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			server := Start(t, m.server)
			for service, addr := range server.Services() {
				if m.scan != nil && !slices.Contains(m.scan, service) {
					continue
				}
				t.Run(service, func(t *testing.T) {
					full := scanService(t, service, addr, &mailtls.Config{Skip: attackIDs()}) // see TestAttacksFailOnMailServers
					m.check(t, full.Endpoint)
					host, port, _ := net.SplitHostPort(addr)
					wantQuick(t, service+"://"+Host+":"+port, mailtls.Config{IP: host}, full)
				})
			}
		})
	}
}

// scanService scans one service of a server by the server's name.
func scanService(t *testing.T, service, addr string, cfg *mailtls.Config) report.Endpoint {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	cfg.IP = host
	r, err := mailtls.Scan(t.Context(), service+"://"+Host+":"+port, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r.Endpoints[0]
}

// check compares what was found with what the server is, and with what the scan may cost.
func (m mailServer) check(t *testing.T, e *evidence.Endpoint) {
	f := &e.Facts
	turnedAway, attacks := 0, 0
	for _, o := range e.Observations {
		if o.End.Kind == evidence.EndThrottled {
			turnedAway++
		}
		if o.Offer.Attack != "" {
			attacks++
		}
	}
	for _, k := range evidence.Keys() {
		if k == evidence.KeyALPN && turnedAway > 0 || slices.Contains(evidence.WeaknessKeys(), k) { // its one connection may have been among them
			continue
		}
		if state, why := k.Condition(f); state == evidence.Unknown && k != evidence.KeyFallbackSCSV && k != evidence.KeySessionTicket {
			t.Errorf("%s is unknown: %s", k.Name, why)
		}
	}
	for v, want := range m.suites {
		if got := f.Suites.Value[v]; len(got) != want {
			t.Errorf("%v: %d suites, want %d: %v", v, len(got), want, got)
		}
	}
	if f.Versions.State != evidence.Known || f.Suites.State != evidence.Known {
		t.Errorf("versions %v, suites %v (%s), ended %q", f.Versions.State, f.Suites.State, f.Suites.Why, e.Ended)
	}
	if f.STARTTLS.State == evidence.Known && !f.STARTTLS.Value.Works {
		t.Errorf("STARTTLS %+v", f.STARTTLS.Value)
	}
	if len(f.Certificates.Value) != m.chains {
		t.Errorf("%d chains, want %d", len(f.Certificates.Value), m.chains)
	}
	if attacks > forAttacks {
		t.Errorf("%d connections for active checks", attacks)
	}
	if over := e.Cost.Connections - e.Cost.Floor - attacks; over > m.above+2*turnedAway { // itself, and a guess built on it
		t.Errorf("%d connections, %d of them turned away, %d above the floor", e.Cost.Connections, turnedAway, over)
	}
	t.Logf("%d connections, floor %d, %d for active checks", e.Cost.Connections, e.Cost.Floor, attacks)
}

// A server that greets in two parts, six seconds apart, is waited for, and spoken to only then.
func TestPostscreenIsWaitedFor(t *testing.T) {
	t.Parallel()
	server := Start(t, Postfix{Postscreen: true})
	e := scanService(t, "smtp", server.Addr("smtp"), &mailtls.Config{Quick: true})
	if want := []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12, tlswire.TLS13}; !slices.Equal(e.Facts.Versions.Value, want) {
		t.Errorf("versions %v (%v, %s)", e.Facts.Versions.Value, e.Facts.Versions.State, e.Facts.Versions.Why)
	}
}

// A server that takes 30 connections a minute leaves facts partial, and none of them wrong.
func TestRateLimitLeavesPartialFacts(t *testing.T) {
	server := Start(t, Postfix{Limits: true, RatePerMinute: 30})
	host, port, _ := net.SplitHostPort(server.Addr("smtp"))
	number, _ := strconv.Atoi(port)
	target := evidence.Target{Input: "smtp://" + Host, Protocol: "smtp", Host: Host, Port: number, Address: host, ServerName: Host}
	e, err := probe.Scan(context.Background(), target, probe.Config{Patience: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if e.Facts.Suites.State != evidence.Partial || e.Facts.Suites.Why == "" {
		t.Errorf("suites are %v: %q", e.Facts.Suites.State, e.Facts.Suites.Why)
	}
	for v, want := range postfixSuites {
		found := len(e.Facts.Suites.Value[v])
		if found > want || found < want && len(e.Facts.Suites.Open[v]) == 0 {
			t.Errorf("%v: %d suites seen and %d open, want %d in all", v, found, len(e.Facts.Suites.Open[v]), want)
		}
	}
	if evidence.Has(e.Facts.Versions, tlswire.SSLv3) == evidence.Yes {
		t.Error("SSLv3 was seen")
	}
}
