package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// piece is one of a campaign's work that this program has begun, as the worker here.
type piece struct {
	*campaigner
	*store.Work
	here string
}

// do does it, and keeps what comes of it. What ctx cuts short is no result.
func (p *piece) do(ctx context.Context) error {
	s, err := p.stagesOf(ctx, &p.Campaign)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errNoStages, err)
	case p.Ask != nil:
		return p.ask(ctx, s)
	case p.Scan != nil:
		return p.scan(ctx, s)
	}
	var errs []error
	for i := range p.Join { // one that fails is no reason to begin the others again
		errs = append(errs, p.join(ctx, s, &p.Join[i]))
	}
	return errors.Join(errs...)
}

// often is why something has no result that was begun too often.
const often = "this was begun too often without an end"

// leftThen is why nothing is known of a server that was not among those to scan when the DNS was asked.
const leftThen = "it was left alone when the others of the domain were scanned"

// ask asks the DNS about a domain, unless it is to be left alone.
func (p *piece) ask(ctx context.Context, s *mailtls.Stages) error {
	b := p.Ask
	if b.Tries > maxAttempts {
		return p.without(ctx, b, bulk.Failed, often)
	}
	limited, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	if p.cfg.Refuse != nil {
		if err := p.cfg.Refuse(limited, b.Name); err != nil && ctx.Err() == nil {
			return p.without(ctx, b, bulk.LeftAlone, err.Error())
		}
	}
	d, err := s.Discover(limited, b.Name, p.admit)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return p.without(ctx, b, bulk.Failed, err.Error())
	}
	targets, _ := s.Split(limited, d)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return patiently(ctx, func(ctx context.Context) error {
		if rest := bulk.PutOff(d, b.Unanswered); rest > 0 {
			return p.store.PutOffDomain(ctx, p.Work, b, p.here, rest)
		}
		return p.store.FoundDomain(ctx, p.Work, p.here, d, places(targets))
	})
}

// places are targets in one order.
func places(targets []evidence.Target) []store.Place {
	var list []store.Place
	for _, t := range targets {
		list = append(list, store.Place{Target: t, Provider: bulk.ProviderOf(t.Host)})
	}
	slices.SortFunc(list, func(a, b store.Place) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Host, b.Host))
	})
	return list
}

// without keeps that there is no report of a domain.
func (p *piece) without(ctx context.Context, b *store.Begun, result, why string) error {
	x := store.Result{Why: why, Row: bulk.Row{Domain: b.Name, Line: b.Line, Result: result, Error: why}, Worst: worstWithout}
	return patiently(ctx, func(ctx context.Context) error { return p.store.FinishDomain(ctx, p.Work, b, p.here, x) })
}

// scan scans an endpoint, beside whatever else this program scans at its address, and not while another does.
func (p *piece) scan(ctx context.Context, s *mailtls.Stages) error {
	o := store.Outcome{Evidence: mailtls.Unscanned(p.Scan.Target, often)}
	if p.Scan.Tries <= maxAttempts {
		var err error
		if o, err = p.outcome(ctx, s); err != nil {
			return err
		}
	}
	return patiently(ctx, func(ctx context.Context) error { return p.store.FinishEndpoint(ctx, p.Work, p.here, o) })
}

func (p *piece) outcome(ctx context.Context, s *mailtls.Stages) (o store.Outcome, err error) {
	key := fmt.Sprint("endpoint ", p.Scan.ID)
	gates, ok := p.enter(key)
	if !ok {
		return o, fmt.Errorf("endpoint %d is scanned here already", p.Scan.ID)
	}
	defer p.leaveScan(key)
	limited, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	begun := time.Now()
	e, err := s.Meeting(gates, func(limited context.Context, address string) (func(), error) {
		return p.turns.take(limited, ctx, p.here, address)
	}).ScanTarget(limited, p.Scan.Target, nil)
	if ctx.Err() != nil {
		return o, ctx.Err()
	}
	if err != nil {
		return o, err
	}
	o = store.Outcome{Rest: time.Duration(e.Cost.Connections)*time.Minute/perMinute - time.Since(begun), Throttled: bulk.Throttled(e)}
	if o.Throttled {
		o.Rest, o.Again = bulk.Rest(p.Scan.Times), bulk.Again(e, p.Scan.Again)
	}
	if limited.Err() != nil && e.Cost.Connections == 0 { // its turn never came
		o.Again = bulk.Again(e, p.Scan.Again)
	}
	e.Observations, e.Blobs.Dialogues, e.Blobs.Staples = nil, nil, nil
	o.Evidence = e
	return o, nil
}

// join judges a domain, if all its endpoints are scanned.
func (p *piece) join(ctx context.Context, s *mailtls.Stages, b *store.Begun) error {
	if b.Tries > maxAttempts {
		return p.without(ctx, b, bulk.Failed, often)
	}
	d, err := p.store.Evidence(b)
	if err != nil {
		return err
	}
	targets, endpoints := s.Split(ctx, d)
	for _, t := range targets {
		e, waiting, err := p.store.Scanned(ctx, p.Campaign.ID, t)
		if err != nil {
			return err
		}
		if waiting {
			return patiently(ctx, func(ctx context.Context) error { return p.store.Await(ctx, p.Work, b, p.here, places(targets)) })
		}
		if e == nil {
			e = mailtls.Unscanned(t, leftThen)
		}
		endpoints = append(endpoints, e)
	}
	if ctx.Err() != nil { // what hosts say may have been cut short
		return ctx.Err()
	}
	x, err := p.judge(s, b.Line, d, endpoints)
	if err != nil {
		return p.without(ctx, b, bulk.Failed, err.Error())
	}
	return patiently(ctx, func(ctx context.Context) error { return p.store.FinishDomain(ctx, p.Work, b, p.here, x) })
}

// judge makes the result of a domain. What it cannot bear of one domain keeps no other from its result.
func (p *piece) judge(s *mailtls.Stages, line int, d *evidence.Domain, endpoints []*evidence.Endpoint) (x store.Result, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			p.cfg.Log.Error("a domain of a campaign could not be judged", "domain", d.Name, "panic", fault, "stack", string(debug.Stack()))
			err = errors.New("the program failed at judging it")
		}
	}()
	r, err := s.Report(d, endpoints)
	if err != nil {
		return x, err
	}
	row := bulk.RowOf(r)
	row.Line = line
	return store.Result{Report: r, Row: row, Worst: worst(r)}, nil
}

// worstWithout is the rank of domains that have no report: after all that have one.
const worstWithout = 400

// worst ranks reports, the worst first: by verdict, then by grade.
func worst(r *report.Report) int {
	verdict, grade := r.Overall()
	rank := map[report.Verdict]int{report.Fail: 0, report.Warn: 100, report.Incomplete: 200, report.Pass: 300}[verdict]
	if grade == "" {
		return rank + 50
	}
	return rank + len(policy.Grades()) - slices.Index(policy.Grades(), grade)
}
