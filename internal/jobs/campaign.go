package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

const (
	claimEvery = 500 * time.Millisecond // work of campaigns is looked for where there was none
	tallyEvery = 2 * time.Second        // it is counted how far they are
	clearAfter = time.Second            // of a failure, before more is begun
)

// perMinute is how many new connections campaigns make to an address in a minute, on average: who made more leaves it alone for a while.
const perMinute = 60

// campaigner does the work of campaigns: all that it knows is in the store, so that any program may end at any time.
type campaigner struct {
	*scanWorker
	admit bulk.AdmitWeb // for the web servers of domains, of all campaigns

	mu     sync.Mutex
	stages map[string]*mailtls.Stages // by policy and depth
	doubt  string                     // the worker that may be at something which nobody does; empty: none is
	tried  bool                       // what is in doubt failed by itself: that counts
	deaf   bool                       // no stages could be made at last, which is logged

	end   context.CancelFunc // nothing more is begun
	cut   context.CancelFunc // what is under way ends
	ended sync.WaitGroup
}

func newCampaigner(w *scanWorker) *campaigner {
	address := bulk.Limit{AtOnce: 5, PerMinute: perMinute}
	return &campaigner{scanWorker: w, stages: make(map[string]*mailtls.Stages),
		admit: bulk.Admit(bulk.Limits{Address: address, Provider: bulk.Limit{AtOnce: 4 * address.AtOnce, PerMinute: 10 * perMinute}})}
}

// begin works until stop.
func (c *campaigner) begin(ctx context.Context) {
	working, cut := context.WithCancel(ctx)
	ctx, c.end = context.WithCancel(working)
	c.cut = cut
	c.ended.Go(func() { c.run(ctx, working) })
	c.ended.Go(func() {
		every(ctx, tallyEvery, func() { c.warn(ctx, "campaigns were not counted", c.store.TallyCampaigns(ctx)) })
	})
	c.ended.Go(func() {
		every(ctx, aliveEvery, func() {
			c.warn(ctx, "the work of programs that died was not taken over", c.store.TakeOverWork(ctx))
			c.warn(ctx, "what was deleted of campaigns was not removed", c.store.SweepCampaigns(ctx))
		})
	})
}

// stop begins nothing more, and ends what is under way when ctx does.
func (c *campaigner) stop(ctx context.Context) {
	c.end()
	defer context.AfterFunc(ctx, c.cut)()
	c.ended.Wait()
	c.cut()
}

// leave lets others begin what this program was at.
func (c *campaigner) leave(ctx context.Context) {
	if here, _, ok := c.presence.here(); ok {
		limited, cancel := context.WithTimeout(ctx, aliveTime)
		defer cancel()
		c.warn(ctx, "the work of campaigns was not given back", c.store.GiveBackWork(limited, here))
	}
}

func (c *campaigner) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		c.cfg.Log.Warn(what, "error", err)
	}
}

// run begins work whenever there is some, and room for it, until ctx ends; then it waits for what is under way, which ends with working.
func (c *campaigner) run(ctx, working context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	for ctx.Err() == nil {
		if c.clear(ctx) {
			for _, w := range c.claim(ctx) {
				work.Go(w(working))
			}
		}
		select {
		case <-c.slots.changed:
		case <-time.After(claimEvery):
		case <-ctx.Done():
		}
	}
}

// claim begins as much work as there is room for, and returns what does it.
func (c *campaigner) claim(ctx context.Context) (list []func(context.Context) func()) {
	free := c.slots.free()
	here, present, ok := c.presence.here()
	if free == 0 || !ok {
		return nil
	}
	work, err := c.store.Claim(ctx, here, free)
	if err != nil { // it may have been begun, and only the answer be lost
		c.doubtful(here)
		c.warn(ctx, "no work of campaigns could be had", err)
	}
	for i := range work {
		c.slots.begin(0, 1)
		list = append(list, func(ctx context.Context) func() {
			return func() {
				defer c.slots.end(0, 1)
				c.do(ctx, present, &piece{campaigner: c, Work: &work[i], here: here})
			}
		})
	}
	return list
}

// do does a piece of work. When this worker is taken for gone, others do it.
func (c *campaigner) do(ctx, present context.Context, p *piece) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(present, stop)()
	err := p.do(ctx)
	if err == nil || ctx.Err() != nil {
		return
	}
	if !errors.Is(err, errNoStages) {
		c.doubtful(p.here)
	} else if c.unheard(p.here) {
		return
	}
	c.warn(ctx, "work of a campaign failed", fmt.Errorf("campaign %s: %w", p.Campaign.ID, err))
}

// errNoStages is that work could not be tried at all: no name server answers.
var errNoStages = errors.New("it could not be begun")

func (c *campaigner) doubtful(worker string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doubt, c.tried = worker, worker != ""
}

// unheard is doubtful of what was no try. It reports whether that is known already.
func (c *campaigner) unheard(worker string) (known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known = c.deaf
	c.doubt, c.deaf = worker, true
	return known
}

// clear lets others, and itself, begin what failed, or what it does not know to be at: once it is at nothing else. It reports whether more may
// be begun.
func (c *campaigner) clear(ctx context.Context) bool {
	c.mu.Lock()
	doubt, free := c.doubt, c.store.GiveBackWork
	if c.tried {
		free = c.store.FreeWork
	}
	c.mu.Unlock()
	if doubt == "" {
		return true
	}
	if !c.slots.idle() {
		return false
	}
	select {
	case <-time.After(clearAfter):
	case <-ctx.Done():
		return false
	}
	if err := free(ctx, doubt); err != nil {
		return false
	}
	c.doubtful("")
	return true
}

// stagesOf are those of a campaign. The error is that no name server answers, too.
func (c *campaigner) stagesOf(ctx context.Context, x *store.Campaign) (*mailtls.Stages, error) {
	key := fmt.Sprint(x.Policy, " ", x.Quick)
	c.mu.Lock()
	s := c.stages[key]
	c.mu.Unlock()
	if s != nil {
		return s, nil
	}
	cfg := c.cfg.Scan
	cfg.Quick, cfg.FactsOnly = x.Quick, true
	if x.Policy != policy.Mail {
		p, err := policy.Named(x.Policy)
		if err != nil {
			return nil, err
		}
		cfg.Policies = []*policy.Policy{p}
	}
	s, err := mailtls.NewStages(ctx, &cfg)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stages[key], c.deaf = s, false
	return s, nil
}
