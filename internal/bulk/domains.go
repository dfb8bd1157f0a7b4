package bulk

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
)

// page is how many domains are fetched from the journal at a time.
const page = 256

// discover looks at all domains that wait, and again at those about which there was no answer, when their time has come.
func (r *Run) discover(ctx context.Context) error {
	for {
		if err := r.discoverOnce(ctx); err != nil {
			return err
		}
		soonest, err := r.Journal.SoonestDomain()
		if err != nil || soonest.IsZero() {
			return err
		}
		if err := await(ctx, max(time.Until(soonest), time.Millisecond), nil); err != nil {
			return err
		}
	}
}

// discoverOnce looks at each domain whose time has come, once.
func (r *Run) discoverOnce(ctx context.Context) error {
	work := newPool(r.Workers)
	for last := int64(0); ; {
		list, err := r.Journal.Waiting(last, page, time.Now())
		if err != nil || len(list) == 0 {
			return errors.Join(err, work.wait())
		}
		for _, d := range list {
			last = d.ID
			if err := work.run(ctx, func() error { return r.discoverOne(ctx, d) }); err != nil {
				return errors.Join(err, work.wait())
			}
		}
	}
}

// mostAsked is how often a domain is asked for until where its mail goes is answered. The name server may be away: that is no result of the
// domain's.
const mostAsked = 3

// unansweredRest is how long a domain is left after the first time without an answer; after the next twice as long. Together that is longer
// than a name server takes to be restarted.
const unansweredRest = 2 * time.Minute

// PutOff is after how long a domain is asked about again, where the DNS did not say where its mail goes, nor so many times before; 0: it is
// not, and what is known by now is the result.
func PutOff(e *evidence.Domain, before int) time.Duration {
	if e.Exchange.State == evidence.Unknown && before+1 < mostAsked {
		return unansweredRest << before
	}
	return 0
}

func (r *Run) discoverOne(ctx context.Context, d journal.Domain) error {
	e, err := r.Stages.Discover(ctx, d.Name, func(ctx context.Context, host string, a netip.Addr) (func(), error) {
		return r.admit(ctx, a.String(), ProviderOf(host))
	})
	if ctx.Err() != nil {
		return nil // what was cut short is no result
	}
	if err != nil { // the list was read by the same rules
		return err
	}
	if rest := PutOff(e, d.Tries); rest > 0 {
		return r.Journal.PutOff(d.ID, time.Now().Add(rest))
	}
	var places []journal.Place
	for _, t := range r.Stages.Targets(e) {
		places = append(places, journal.Place{Target: t, Provider: ProviderOf(t.Host)})
	}
	added, err := r.Journal.SetDomain(d.ID, e, places)
	if err != nil {
		return err
	}
	r.counts.domainsDone.Add(1)
	if r.counts.endpoints.Add(int64(added)); added > 0 {
		r.awake()
	}
	return nil
}
