package realtest

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
)

// A tried server is a real one, as Debian ships it, and what attacks find on it.
type triedServer struct {
	name   string
	server Starter
	// works are the attacks that work, in services whose names begin with the key.
	works map[string][]*evidence.Key
	// open are attacks that cannot be decided, since handshakes fail.
	open []*evidence.Key
	// alike are services that are left out by default: others speak the same to the same code.
	alike []string
}

// triedServers are those that TestAttacksFailOnMailServers leaves.
func triedServers() []triedServer {
	asks := evidence.KeyClientRenegotiation // GnuTLS lets clients ask as often as they like
	return []triedServer{
		{name: "cyrus", server: Cyrus{}, alike: []string{"imaps", "pop3s"}},
		{name: "courier", server: Courier{}, alike: []string{"imaps"}, works: map[string][]*evidence.Key{"imap": {asks}, "pop3s": {asks},
			// CVE-2021-38084: until 1.1.5 it keeps what came behind STLS
			"pop3": {asks, evidence.KeySTARTTLSInjection}}},
		{name: "opensmtpd", server: OpenSMTPD{}, alike: []string{"smtps"}, open: []*evidence.Key{evidence.KeyCCSInjection, evidence.KeyPaddingOracle,
			evidence.KeyInsecureRenegotiation, evidence.KeyClientRenegotiation, evidence.KeyWeakTickets, evidence.KeyRepeatedNonces,
			evidence.KeyPSKWithoutDHE, evidence.KeyStateKept}},
		// Whatever its secure_renegotiate says, Erlang's server asks for RFC 5746 of clients alone that said they know it.
		{name: "erlang", server: Erlang{}, works: map[string][]*evidence.Key{"": {evidence.KeyInsecureRenegotiation, asks}}},
	}
}

// worksOn are the attacks that work on a service: those of the longest name that it begins with.
func (s *triedServer) worksOn(service string) []*evidence.Key {
	longest := ""
	for name := range s.works {
		if len(name) >= len(longest) && len(name) <= len(service) && service[:len(name)] == name {
			longest = name
		}
	}
	return s.works[longest]
}

var allAttacks = flag.Bool("all-attacks", false, "try attacks on every service of every server, also where they are much alike")

// TestAttacksOnOtherServers tries all attacks: what works is what is known of these servers, and nothing is left open that could
// be tried.
func TestAttacksOnOtherServers(t *testing.T) {
	if testing.Short() {
		t.Skip("scans every service of some mail servers")
	}
	t.Parallel()
	for _, s := range triedServers() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server := Start(t, s.server)
			for service, addr := range server.Services() {
				if !*allAttacks && slices.Contains(s.alike, service) {
					continue
				}
				t.Run(service, func(t *testing.T) {
					t.Parallel()
					if service == "tls" {
						service = "submissions"
					}
					s.attack(t, service, addr)
				})
			}
		})
	}
}

func (s *triedServer) attack(t *testing.T, service, addr string) {
	t.Helper()
	var open []string
	for range 2 { // a busy machine loses connections, which may leave something open, but must not make anything wrong
		var wrong []string
		e := scanService(t, service, addr, &mailtls.Config{Only: attackIDs()})
		t.Logf("what was before STARTTLS: %+v", e.Facts.StateKept)
		if wrong, open = s.compare(service, &e.Facts); len(wrong) > 0 {
			t.Errorf("wrong: %v", wrong)
		}
		if len(open) == 0 {
			return
		}
	}
	t.Errorf("open, twice: %v", open)
}

// compare tells what is wrong, and what is open and should not be.
func (s *triedServer) compare(service string, f *evidence.Facts) (wrong, open []string) {
	if f.Versions.State != evidence.Known || len(f.Versions.Value) == 0 {
		return nil, []string{"TLS: " + f.Versions.Why}
	}
	facts := f.Weaknesses()
	for i, k := range evidence.WeaknessKeys() {
		if k == evidence.KeyForeignProtocol {
			continue
		}
		state, why := k.Condition(f)
		settled := state == evidence.Known || state == evidence.Inapplicable
		switch works := slices.Contains(s.worksOn(service), k); {
		case !settled && !slices.Contains(s.open, k):
			open = append(open, k.Name+" is "+state.String()+": "+why)
		case settled && facts[i].Value.Found != works:
			wrong = append(wrong, fmt.Sprintf("%s: %v", k.Name, facts[i].Value))
		}
	}
	return wrong, open
}
