package main

import (
	"net"
	"sync"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// clientLog prints and saves what clients of the lab show.
type clientLog struct {
	app      *app
	flags    *logFlags
	policies []*policy.Policy
	store    *profileStore

	mu sync.Mutex // one client is printed at a time
}

// visited is what came of one connection.
type visited struct {
	lab.Visit
	server lab.Server
	role   policy.Role
	offer  *check.Offer   // nil without a hello; as far as it could be read
	mail   *policy.Policy // as of the day
	judged []judgedOffer
	saved  string // id in the store; empty: not saved
	fresh  bool   // it was not there before
	why    error  // why it is not saved
}

// judgedOffer is what one policy says of an offer.
type judgedOffer struct {
	policy   *policy.Policy
	findings []check.Finding
	versions []tlswire.Version // what is left by the policy
	suites   []tlswire.Suite
}

// watch is told of each connection to a server.
func (l *clientLog) watch(server lab.Server, v lab.Visit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := visited{Visit: v, server: server, role: policy.RoleOf(string(server.Protocol), 0)}
	if v.Hello != nil {
		out.judge(l.policies)
		l.save(&out)
	}
	if l.flags.format.value == "json" {
		_ = l.app.visitJSON(&out) // standard output keeps its error
		return
	}
	l.app.visitText(&out, l.flags.verbose)
}

// judge judges the hello, if it could be read, by policies, the first of which is the policy mail.
func (v *visited) judge(policies []*policy.Policy) {
	var offer check.Offer
	if v.Hello.V2 != nil {
		offer = check.OfferOfV2(*v.Hello.V2)
	} else {
		offer, v.why = check.OfferOf(v.Hello.ClientHello)
	}
	v.offer, v.mail = &offer, policies[0].At(v.At)
	if v.why != nil {
		return // what could not be read is not missing
	}
	for _, p := range policies {
		now := p.At(v.At)
		j := judgedOffer{policy: p, findings: offer.Judge(now, v.role)}
		j.versions, j.suites = offer.Left(now, v.role)
		v.judged = append(v.judged, j)
	}
}

// save keeps the client as a program.
func (l *clientLog) save(v *visited) {
	if v.why != nil {
		return
	}
	p, err := profileOf(v, l.flags.name)
	if err == nil {
		v.saved, v.fresh, err = l.store.add(p)
	}
	v.why = err
}

// oldest is what a client is taken to speak at least, if its hello does not tell.
const oldest = tlswire.TLS10

// profileOf makes a program of what a client showed.
func profileOf(v *visited, name string) (client.Profile, error) {
	var p client.Profile
	var err error
	if v.Hello.V2 != nil {
		p, err = client.FromHelloV2(*v.Hello.V2, oldest)
	} else {
		p, err = client.FromHello(v.Hello.ClientHello, oldest)
	}
	if err != nil {
		return p, err
	}
	address, _, err := net.SplitHostPort(v.From)
	if err != nil {
		address = v.From
	}
	day := v.At.UTC().Format("2006-01-02")
	p.Kind, p.Protocols = kindOf(string(v.server.Protocol))
	p.Source = "mailtls lab serve --log-clients, " + day
	if !v.saysVersions() {
		p.Note = "its hello does not tell the oldest version; " + p.Min.String() + " is taken"
	}
	if name != "" {
		p.ID, p.Name = slug(name), printable(name)
		return p, nil
	}
	called := v.Name
	if called == "" {
		called = "client"
	}
	p.ID, p.Name = slug(called+"-"+address+"-"+day), printable(called)+" at "+address
	return p, nil
}

// saysVersions reports whether the hello lists versions.
func (v *visited) saysVersions() bool {
	_, ok := tlswire.Find(v.Hello.Extensions, tlswire.ExtensionSupportedVersions)
	return ok
}

// kindOf tells what comes to a server of that protocol.
func kindOf(protocol string) (client.Kind, []string) {
	switch protocol {
	case "smtp", "lmtp":
		return client.SendingServer, []string{"smtp"}
	case "submission", "submissions":
		return client.MailClient, []string{"submission"}
	case "pop3", "pop3s":
		return client.MailClient, []string{"pop3"}
	}
	return client.MailClient, []string{"imap"}
}
