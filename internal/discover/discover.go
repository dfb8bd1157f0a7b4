// Package discover finds out what the DNS says of the mail of a domain, and fetches the policy that it points to. It connects to no
// mail server.
package discover

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// MaxExchangers is how many mail exchangers of a domain are looked at.
const MaxExchangers = 20

// Config says how to find out.
type Config struct {
	Resolver resolve.Resolver
	Named    string // the name servers that it asks, for the report
	Mode     resolve.Mode
	Fetch    Fetcher
	Now      func() time.Time
}

// Domain asks all that senders and mail programs ask before they connect. What cannot be learned is Unknown, with the reason. The
// error is for what is no name of a domain.
func Domain(ctx context.Context, name string, cfg Config) (*evidence.Domain, error) {
	ascii, unicode, err := Name(name)
	if err != nil {
		return nil, err
	}
	now := cfg.Now
	if now == nil {
		now = time.Now
	}
	s := &survey{cfg: cfg, d: &evidence.Domain{Name: ascii, Unicode: unicode, At: now().UTC(), Resolver: cfg.Named, DNSSEC: string(cfg.Mode),
		Hosts: map[string]*evidence.MailHost{}}}
	s.together(
		func() { s.d.Exchange = s.exchange(ctx) },
		func() { s.d.Services = s.services(ctx) },
		func() { s.d.STS, s.d.Policy = s.sts(ctx) },
		func() { s.d.Reports = s.reports(ctx) },
		func() { s.d.CAA = s.authorizations(ctx) },
	)
	s.hosts(ctx)
	return s.d, nil
}

// Name reads a domain or an address of mail, and returns the domain in A-labels and, where it is another, as people write it.
func Name(input string) (ascii, unicode string, err error) {
	domain := strings.TrimSpace(input)
	if i := strings.LastIndexByte(domain, '@'); i >= 0 {
		domain = domain[i+1:]
	}
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))
	ascii, err = profile.ToASCII(strings.TrimSuffix(domain, "."))
	switch {
	case err != nil:
		return "", "", errors.New("no name of a domain: " + strings.TrimPrefix(err.Error(), "idna: "))
	case ascii == "" || len(ascii) > 253 || !strings.Contains(ascii, "."):
		return "", "", errors.New("no name of a domain: want one such as example.org")
	}
	if written, err := idna.Display.ToUnicode(ascii); err == nil && written != ascii {
		unicode = written
	}
	return strings.ToLower(ascii), unicode, nil
}

// A survey is what is being found out about one domain.
type survey struct {
	cfg Config
	d   *evidence.Domain
}

// together runs questions that do not depend on each other, and returns when all are answered.
func (s *survey) together(questions ...func()) {
	var wg sync.WaitGroup
	for _, q := range questions {
		wg.Go(q)
	}
	wg.Wait()
}

// fqdn is a name with its final dot, as the resolver speaks of it, bare one without.
func fqdn(name string) string { return name + "." }

func bare(name string) string { return strings.TrimSuffix(name, ".") }

func vouch(a *resolve.Answer) evidence.Vouch {
	return evidence.Vouch{Status: string(a.Status), Why: a.Why}
}

// unanswered is a fact about which the DNS gave no answer.
func unanswered[T any](err error) evidence.Fact[T] {
	why := err.Error()
	if e, ok := errors.AsType[*resolve.Error](err); ok {
		why = "the DNS gives no answer about " + bare(e.Name) + ": " + e.Why
	}
	return evidence.Fact[T]{State: evidence.Unknown, Why: why}
}

func known[T any](v T) evidence.Fact[T] { return evidence.Fact[T]{State: evidence.Known, Value: v} }

func inapplicable[T any](why string) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Inapplicable, Why: why}
}
