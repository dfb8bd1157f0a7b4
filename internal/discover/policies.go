package discover

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/mtasts"
	"github.com/mailtls/mailtls/tlsrpt"
)

// sts reads the record of MTA-STS, and fetches the policy where there is one.
func (s *survey) sts(ctx context.Context) (evidence.Fact[evidence.STSRecord], evidence.Fact[evidence.STSPolicy]) {
	a, err := s.cfg.Resolver.Lookup(ctx, "_mta-sts."+fqdn(s.d.Name), resolve.TXT)
	if err == nil && a.Endless != "" {
		err = leadsNowhere(a)
	}
	if err != nil {
		return unanswered[evidence.STSRecord](err), inapplicable[evidence.STSPolicy]("it is not known whether there is a record")
	}
	r, err := mtasts.ParseRecord(a.Texts())
	if errors.Is(err, mtasts.ErrNone) {
		why := "the domain has no MTA-STS record"
		return inapplicable[evidence.STSRecord](why), inapplicable[evidence.STSPolicy](why)
	}
	v := evidence.STSRecord{DNSSEC: vouch(a)}
	if err != nil {
		v.Fault = err.Error()
	} else {
		v.ID = r.ID
	}
	return known(v), s.cfg.Fetch.policy(ctx, s.cfg.Resolver, s.d.Name)
}

// maxReports is how many places that reports go to are kept.
const maxReports = 10

// reports reads the record of TLSRPT.
func (s *survey) reports(ctx context.Context) evidence.Fact[evidence.ReportsRecord] {
	a, err := s.cfg.Resolver.Lookup(ctx, "_smtp._tls."+fqdn(s.d.Name), resolve.TXT)
	if err == nil && a.Endless != "" {
		err = leadsNowhere(a)
	}
	if err != nil {
		return unanswered[evidence.ReportsRecord](err)
	}
	r, err := tlsrpt.Parse(a.Texts())
	v := evidence.ReportsRecord{DNSSEC: vouch(a)}
	switch {
	case errors.Is(err, tlsrpt.ErrNone):
		return inapplicable[evidence.ReportsRecord]("the domain has no TLSRPT record")
	case err != nil:
		v.Fault = err.Error()
	default:
		v.RUA = r.RUA[:min(len(r.RUA), maxReports)]
		v.LeftOut = len(r.RUA) - len(v.RUA)
	}
	return known(v)
}

// maxAuthorizations is how many CAA records are kept.
const maxAuthorizations = 20

// authorizations looks up the tree for the records that say which authorities may issue (RFC 8659, Section 3).
func (s *survey) authorizations(ctx context.Context) evidence.Fact[evidence.Authorizations] {
	var found evidence.Authorizations
	for name := s.d.Name; name != ""; _, name, _ = strings.Cut(name, ".") {
		a, err := s.cfg.Resolver.Lookup(ctx, fqdn(name), resolve.CAA)
		if err != nil {
			return unanswered[evidence.Authorizations](err)
		}
		found.DNSSEC = worst(found.DNSSEC, vouch(a)) // that there are none below has to be known as well
		for _, r := range a.Authorizations() {
			flag := 0
			if r.Critical {
				flag = 128
			}
			if len(found.Records) < maxAuthorizations {
				found.Records = append(found.Records, fmt.Sprintf("%d %.30s %.300q", flag, r.Tag, r.Value))
			} else {
				found.LeftOut++
			}
		}
		if len(found.Records) > 0 {
			found.Name = name
			break
		}
	}
	return known(found)
}
