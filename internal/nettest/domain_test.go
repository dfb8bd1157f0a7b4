// Package nettest scans the domains of a small internet, which it makes: signed zones behind NSD and Unbound, Postfix, Dovecot and
// the lab's servers on ports of their own, and a web server with policies. What is found is held against what each domain was made
// to show, and against the opinion of others that heed DANE and MTA-STS: Postfix and postfix-mta-sts-resolver.
//
// That internet is in a network namespace, where the test runs itself again. It takes root to make one.
package nettest

import (
	"net/netip"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/lab"
)

// A domain is one of the internet: a zone below test., the mail servers in it, and what is to be found of it. The zero value is
// signed, and without a mail server.
type domain struct {
	name    string                // below test.
	servers []server              // each is an exchanger, the first with preference 10, the next with 20 …
	records []string              // of the zone; if there are MX records among them, servers are exchangers only by them
	change  func(*dnstest.Zone)   // what else is special about the zone
	site    *site                 // where there is a policy of MTA-STS
	hops    []hop                 // in the order in which they are tried
	kind    evidence.ExchangeKind // default evidence.ByMX
	status  string                // of the MX records; default "secure"
	sts     string                // what is wrong with the record or the policy
	reports string                // addresses for reports, or what is wrong with the record
	unicode string
	guessed bool // whether there are other services has to be tried
}

// A server is one of the lab's.
type server struct {
	host   string            // below the domain; "@": the domain itself
	family string            // "4" (default), "6" or "46": kinds of addresses
	change func(*lab.Server) // from one that is as it should be, with an ECDSA certificate for its name
	tlsa   []string          // records for port 25: usage, selector, matching type and what they are about
	owner  string            // of those records, below the domain; default _25._tcp and the host
	called []string          // names that the reverse zones have for each of its addresses
	known  bool              // one of these has the address (FCrDNS)
}

// A hop is what senders do with one address of an exchanger.
type hop struct {
	host              string // with its domain, without test.
	family            string // of the address, "4" or "6"; "": there is no address
	dane              evidence.Outcome
	sts               evidence.Outcome
	postfix, resolver *opinion // of Postfix on DANE, and of postfix-mta-sts-resolver, where it is another
}

// name is that of the host, or its address where that stands for it.
func (h hop) name() string {
	if _, err := netip.ParseAddr(h.host); err == nil {
		return h.host
	}
	return h.host + ".test"
}

// An opinion is what another program does, and why it is right to differ.
type opinion struct {
	outcome evidence.Outcome
	why     string
}
