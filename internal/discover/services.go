package discover

import (
	"context"
	"sync"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// srv are the names of services that mail programs ask for (RFC 6186, RFC 8314, RFC 5804).
var srv = []struct{ name, protocol string }{
	{"_submissions", "submissions"}, {"_submission", "submission"}, {"_imaps", "imaps"}, {"_imap", "imap"}, {"_pop3s", "pop3s"}, {"_pop3", "pop3"},
	{"_sieve", "sieve"},
}

// services finds out what SRV records name.
func (s *survey) services(ctx context.Context) evidence.Fact[[]evidence.MailService] {
	lists := make([][]evidence.MailService, len(srv))
	errs := make([]error, len(srv))
	var wg sync.WaitGroup
	for i, kind := range srv {
		wg.Go(func() {
			a, err := s.cfg.Resolver.Lookup(ctx, kind.name+"._tcp."+fqdn(s.d.Name), resolve.SRV)
			if errs[i] = err; err != nil {
				return
			}
			for _, one := range a.Services() {
				lists[i] = append(lists[i], evidence.MailService{Source: evidence.BySRV, Protocol: kind.protocol, Host: bare(one.Host), Port: int(one.Port), Priority: int(one.Priority),
					DNSSEC: vouch(a)})
			}
		})
	}
	wg.Wait()
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
