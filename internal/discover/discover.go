// Package discover finds out what the DNS says of the mail of a domain, and fetches the policy that it points to. It connects to no
// mail server.
package discover

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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

	NoGuesses bool // leave out services that nothing names
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
	s.d.Exchange = s.exchange(ctx)
	if s.d.Exchange.Value.NoSuch {
		s.nothing()
		return s.d, nil
	}
	s.together(
		func() { s.told(ctx) },
		func() { s.d.STS, s.d.Policy = s.sts(ctx) },
		func() { s.d.Reports = s.reports(ctx) },
		func() { s.d.CAA = s.authorizations(ctx) },
	)
	if !cfg.NoGuesses {
		s.guess(ctx)
	}
	s.hosts(ctx)
	s.aliased()
	return s.d, nil
}

// nothing is what there is to find of a domain that does not exist. Nothing is below it, either (RFC 8020).
func (s *survey) nothing() {
	const why = "there is no such domain"
	s.d.Services = inapplicable[[]evidence.MailService](why)
	s.d.STS, s.d.Policy = inapplicable[evidence.STSRecord](why), inapplicable[evidence.STSPolicy](why)
	s.d.Reports, s.d.CAA = inapplicable[evidence.ReportsRecord](why), inapplicable[evidence.Authorizations](why)
}

// maxInput is how long a name may be as people write it, in bytes: one letter takes at most four.
const maxInput = 4 * 253

// Name reads a domain or an address of mail, and returns the domain in A-labels and, where it is another, as people write it.
func Name(input string) (ascii, unicode string, err error) {
	domain := strings.TrimSpace(input)
	if i := strings.LastIndexByte(domain, '@'); i >= 0 {
		domain = domain[i+1:]
	}
	if len(domain) > maxInput {
		return "", "", errors.New("no name of a domain: it has more than 253 bytes")
	}
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))
	ascii, err = profile.ToASCII(strings.TrimSuffix(domain, "."))
	ascii = strings.ToLower(ascii)
	_, literal := netip.ParseAddr(strings.Trim(domain, "[]"))
	switch {
	case literal == nil:
		return "", "", errors.New("no name of a domain, but an address")
	case err != nil && tooLong(domain) != "":
		return "", "", errors.New("no name of a domain: " + tooLong(domain))
	case err != nil && odd(domain) != "":
		return "", "", errors.New("no name of a domain: " + odd(domain))
	case err != nil:
		return "", "", fmt.Errorf("no name of a domain: %.100s", strings.TrimPrefix(err.Error(), "idna: "))
	case ascii == "" || len(ascii) > 253 || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || !utf8.ValidString(domain):
		return "", "", errors.New("no name of a domain: want one such as example.org")
	}
	if written, err := idna.Display.ToUnicode(ascii); err == nil && written != ascii {
		unicode = written
	}
	return ascii, unicode, nil
}

// tooLong says which bound on lengths a name breaks (RFC 1035, Section 2.3.4), "" if none.
func tooLong(name string) string {
	if name = strings.TrimSuffix(name, "."); len(name) > 253 {
		return "it has more than 253 bytes"
	}
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > 63 {
			return "a label has more than 63 bytes"
		}
	}
	return ""
}

// odd says which character of ASCII a name has that no name of a domain has (RFC 1123, Section 2.1), "" if none.
func odd(name string) string {
	at := strings.IndexFunc(name, func(r rune) bool {
		return r < utf8.RuneSelf && r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	switch {
	case at < 0:
		return ""
	case name[at] == ' ':
		return "it has a space"
	}
	return fmt.Sprintf("it has the character %q", name[at])
}

// hostName reads the name of a host that a document names, and returns it without its final dot, "" if it is none.
func hostName(s string) string {
	ascii, _, err := Name(s)
	if err != nil || strings.Contains(s, "@") {
		return ""
	}
	return ascii
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

// leadsNowhere is the error of an answer that is nothing but aliases without an end.
func leadsNowhere(a *resolve.Answer) error {
	return &resolve.Error{Name: a.Name, Type: a.Type, Why: a.Endless}
}

func known[T any](v T) evidence.Fact[T] { return evidence.Fact[T]{State: evidence.Known, Value: v} }

func inapplicable[T any](why string) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Inapplicable, Why: why}
}
