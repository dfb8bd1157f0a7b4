package discover

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// exchange finds out where the mail of the domain goes to (RFC 5321, Section 5.1).
func (s *survey) exchange(ctx context.Context) evidence.Fact[evidence.Exchange] {
	a, err := s.cfg.Resolver.Lookup(ctx, fqdn(s.d.Name), resolve.MX)
	if err != nil {
		return unanswered[evidence.Exchange](err)
	}
	e := evidence.Exchange{Kind: evidence.ByMX, DNSSEC: vouch(a)}
	if a.Empty() {
		return s.implicit(ctx, a, e)
	}
	for _, mx := range a.Exchangers() {
		e.List = append(e.List, exchanger(mx))
	}
	slices.SortStableFunc(e.List, func(a, b evidence.Exchanger) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(a.Host, b.Host))
	})
	switch {
	case len(e.List) == 1 && e.List[0].Host == "":
		e.Kind, e.List = evidence.NullMX, nil
	case len(e.List) > MaxExchangers:
		e.LeftOut = len(e.List) - MaxExchangers
		e.List = e.List[:MaxExchangers]
	}
	return known(e)
}

// exchanger reads one MX record.
func exchanger(mx resolve.Exchanger) evidence.Exchanger {
	x := evidence.Exchanger{Preference: int(mx.Preference), Host: bare(mx.Host)}
	if _, err := netip.ParseAddr(x.Host); err == nil {
		x.Problems = append(x.Problems, "an address stands where a name has to (RFC 1035, Section 3.3.9)")
	}
	return x
}

// implicit looks at a domain without MX records: its own address takes its mail, if it has one.
func (s *survey) implicit(ctx context.Context, a *resolve.Answer, e evidence.Exchange) evidence.Fact[evidence.Exchange] {
	if e.Kind = evidence.NoMail; a.NameError {
		return known(e)
	}
	for _, t := range []resolve.Type{resolve.A, resolve.AAAA} {
		addresses, err := s.cfg.Resolver.Lookup(ctx, fqdn(s.d.Name), t)
		if err != nil {
			return unanswered[evidence.Exchange](fmt.Errorf("whether the domain itself takes mail: %w", err))
		}
		if !addresses.Empty() {
			e.Kind, e.List = evidence.Implicit, []evidence.Exchanger{{Host: s.d.Name}}
		}
	}
	return known(e)
}
