package discover

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// exchange finds out where the mail of the domain goes to (RFC 5321, Section 5.1).
func (s *survey) exchange(ctx context.Context) evidence.Fact[evidence.Exchange] {
	a, err := s.cfg.Resolver.Lookup(ctx, fqdn(s.d.Name), resolve.MX)
	if err == nil && a.Endless != "" {
		err = leadsNowhere(a)
	}
	if err != nil {
		return unanswered[evidence.Exchange](err)
	}
	e := evidence.Exchange{Kind: evidence.ByMX, DNSSEC: vouch(a)}
	if a.Empty() {
		return s.implicit(ctx, a, e)
	}
	e.List = exchangers(a.Exchangers())
	switch {
	case len(e.List) == 1 && e.List[0].Host == "":
		e.Kind, e.List = evidence.NullMX, nil
	case len(e.List) > MaxExchangers:
		e.LeftOut = len(e.List) - MaxExchangers
		e.List = e.List[:MaxExchangers]
	}
	return known(e)
}

// exchangers reads MX records, the best first, each host once.
func exchangers(records []resolve.Exchanger) (list []evidence.Exchanger) {
	slices.SortStableFunc(records, func(a, b resolve.Exchanger) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(a.Host, b.Host))
	})
	place := map[string]int{}
	for _, mx := range records {
		if at, there := place[mx.Host]; there {
			list[at].Problems = append(list[at].Problems, fmt.Sprintf("another MX record, of preference %d, names it again", mx.Preference))
			list[at].Problems = slices.Compact(list[at].Problems)
			continue
		}
		place[mx.Host] = len(list)
		list = append(list, evidence.Exchanger{Preference: int(mx.Preference), Host: bare(mx.Host), Problems: problems(bare(mx.Host))})
	}
	if at, there := place["."]; there && len(list) > 1 {
		list[at].Problems = []string{"it says that the domain takes no mail, beside records that say where to (RFC 7505, Section 3)"}
	}
	return list
}

// problems says what is wrong with the name of an exchanger.
func problems(host string) []string {
	if host == "" {
		return nil
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return []string{"an address stands where a name has to (RFC 1035, Section 3.3.9); many senders pass over it"}
	}
	for label := range strings.SplitSeq(host, ".") {
		bad := strings.ContainsFunc(label, func(c rune) bool {
			return (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-'
		})
		if bad || strings.Trim(label, "-") != label {
			return []string{"no name of a host (RFC 1123, Section 2.1)"}
		}
	}
	return nil
}

// aliased notes exchangers that are aliases, once their addresses have been looked up.
func (s *survey) aliased() {
	for i := range s.d.Exchange.Value.List {
		x := &s.d.Exchange.Value.List[i]
		h := s.d.Hosts[x.Host]
		if h == nil || len(h.Aliases) == 0 || s.d.Exchange.Value.Kind != evidence.ByMX {
			continue
		}
		x.Problems = append(x.Problems, "an alias of "+h.Aliases[len(h.Aliases)-1]+", where MX records have to name what has addresses of its own (RFC 2181, Section 10.3; RFC 5321, Section 5.1)")
	}
}

// implicit looks at a domain without MX records: its own address takes its mail, if it has one.
func (s *survey) implicit(ctx context.Context, a *resolve.Answer, e evidence.Exchange) evidence.Fact[evidence.Exchange] {
	e.Kind = evidence.NoMail
	if e.NoSuch = a.NameError && len(a.Aliases) == 0 && a.Status != resolve.Bogus; a.NameError {
		return known(e)
	}
	denial := e.DNSSEC
	for _, t := range []resolve.Type{resolve.A, resolve.AAAA} {
		addresses, err := s.cfg.Resolver.Lookup(ctx, fqdn(s.d.Name), t)
		if err != nil {
			return unanswered[evidence.Exchange](fmt.Errorf("whether the domain itself takes mail: %w", err))
		}
		denial = worst(denial, vouch(addresses))
		if !addresses.Empty() {
			e.Kind, e.List = evidence.Implicit, []evidence.Exchanger{{Host: s.d.Name}}
		}
	}
	if e.Kind == evidence.NoMail { // that there is no address has to be known as well
		e.DNSSEC = denial
	}
	return known(e)
}
