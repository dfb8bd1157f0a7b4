package discover

import (
	"context"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// srv are the names of services that mail programs ask for (RFC 6186, RFC 8314, RFC 5804).
var srv = []struct{ name, protocol string }{
	{"_submissions", "submissions"}, {"_submission", "submission"}, {"_imaps", "imaps"}, {"_imap", "imap"}, {"_pop3s", "pop3s"}, {"_pop3", "pop3"},
	{"_sieve", "sieve"},
}

// maxServices is how many services of a domain are looked at, guesses aside.
const maxServices = 30

// told finds out what services SRV records and the documents for mail programs name.
func (s *survey) told(ctx context.Context) {
	var records evidence.Fact[[]evidence.MailService]
	var config, discovery guided
	s.together(
		func() { records = s.services(ctx) },
		func() { config = s.autoconfig(ctx) },
		func() { discovery = s.autodiscover(ctx) },
	)
	s.d.Guides = append(config.guides, discovery.guides...)
	for _, more := range append(config.services, discovery.services...) {
		records = merged(records, more)
	}
	if n := len(records.Value) - maxServices; n > 0 {
		records.Value = records.Value[:maxServices]
		records.State, records.Why = evidence.Partial, fmt.Sprintf("%d more services are left out", n)
	}
	s.d.Services = records
}

// merged adds a service that a document names, once. Where the DNS does not answer, the document is still an answer.
func merged(f evidence.Fact[[]evidence.MailService], one evidence.MailService) evidence.Fact[[]evidence.MailService] {
	for i := range f.Value {
		there := &f.Value[i]
		if there.Protocol == one.Protocol && there.Host == one.Host && there.Port == one.Port {
			if there.Socket == "" {
				there.Socket = one.Socket
			}
			there.Insecure = there.Insecure && one.Insecure
			if one.Source != there.Source && !slices.Contains(there.Also, one.Source) {
				there.Also = append(there.Also, one.Source)
			}
			return f
		}
	}
	if f.State == evidence.Unknown {
		f.State = evidence.Partial
	}
	f.Value = append(f.Value, one)
	return f
}

// services finds out what SRV records name.
func (s *survey) services(ctx context.Context) evidence.Fact[[]evidence.MailService] {
	lists := make([][]evidence.MailService, len(srv))
	errs := make([]error, len(srv))
	var questions []func()
	for i, kind := range srv {
		questions = append(questions, func() { lists[i], errs[i] = s.records(ctx, kind.name, kind.protocol) })
	}
	s.together(questions...)
	f := known([]evidence.MailService{})
	for i := range srv {
		f.Value = append(f.Value, lists[i]...)
		if errs[i] != nil {
			open := unanswered[[]evidence.MailService](errs[i])
			f.State, f.Why = evidence.Partial, open.Why
			f.Open = append(f.Open, evidence.MailService{Protocol: srv[i].protocol})
		}
	}
	if len(f.Open) == len(srv) {
		f = evidence.Fact[[]evidence.MailService]{State: evidence.Unknown, Why: f.Why}
	}
	return f
}

// records reads the SRV records of one kind.
func (s *survey) records(ctx context.Context, name, protocol string) (list []evidence.MailService, err error) {
	a, err := s.cfg.Resolver.Lookup(ctx, name+"._tcp."+fqdn(s.d.Name), resolve.SRV)
	if err != nil {
		return nil, err
	}
	type place struct {
		host string
		port uint16
	}
	there := map[place]bool{}
	for _, one := range a.Services() {
		m := evidence.MailService{Source: evidence.BySRV, Protocol: protocol, Host: bare(one.Host), Port: int(one.Port), DNSSEC: vouch(a)}
		if at := (place{one.Host, one.Port}); !there[at] { // the first of several priorities and weights
			there[at] = true
			m.Priority = int(one.Priority)
			list = append(list, m)
		}
	}
	return list, nil
}
