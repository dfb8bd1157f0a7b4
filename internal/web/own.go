package web

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/store"
)

// ownMonitor returns a monitor of whoever asks. That of another is as if there were none.
func (s *server) ownMonitor(ctx context.Context, id string) (*store.Monitor, error) {
	owner, ok := s.ownerIn(ctx)
	if !ok {
		return nil, store.ErrNoMonitor
	}
	m, err := s.Store.Monitor(ctx, id)
	if err == nil && m.Owner != owner {
		return nil, store.ErrNoMonitor
	}
	return m, err
}

// refusal is why a monitor is not kept, and what is to be done first.
type refusal struct {
	Why     string
	Records []string // that domains are to publish
	Said    []string // what the DNS said of them instead
}

// String is all of it in one line.
func (r *refusal) String() string {
	return strings.TrimSpace(strings.Join(slices.Concat([]string{r.Why}, r.Records, r.Said), " "))
}

// keepMonitor keeps a monitor of whoever asks, a new one if it has no ID; unless it is refused, or that fails.
func (s *server) keepMonitor(ctx context.Context, m *store.Monitor) (*refusal, error) {
	v := visitorIn(ctx)
	action, keep := "monitor changed", s.Store.SetMonitor
	if m.ID == "" {
		action, keep = "monitor made", s.Store.AddMonitor
		m.Owner, _ = s.ownerIn(ctx)
	}
	var few *store.UnprovenError
	err := keep(ctx, m, time.Now())
	var why []error
	if errors.As(err, &few) && v != nil {
		var proven []string
		if proven, why = s.proven(ctx, few.Targets, v.Code); len(proven) > 0 {
			err = keep(ctx, m, time.Now(), proven...)
		}
	}
	switch {
	case errors.As(err, &few) && v != nil:
		return unproven(few, v.Code, why), nil
	case errors.Is(err, store.ErrTooMany):
		return &refusal{Why: sentence(err.Error())}, nil
	case err == nil:
		s.noteOwn(ctx, action, m.Name)
	}
	return nil, err
}

// noteOwn keeps what somebody did who is known.
func (s *server) noteOwn(ctx context.Context, action, object string) {
	if v := visitorIn(ctx); v != nil {
		s.noted(ctx, &store.Deed{At: time.Now(), Account: v.ID, Origin: addressOf(v.from), Action: action, Object: object})
	}
}

// How many questions about domains are asked of the DNS at once, and how long they may take in all.
const (
	proofsAtOnce  = 8
	proofPatience = 15 * time.Second
)

// proven are the targets that their domains let the account with that code watch, and why the others are not.
func (s *server) proven(ctx context.Context, targets []string, code string) (proven []string, why []error) {
	ctx, cancel := context.WithTimeout(ctx, proofPatience)
	defer cancel()
	errs := make([]error, len(targets))
	turn := make(chan struct{}, proofsAtOnce)
	var asking sync.WaitGroup
	for i, target := range targets {
		asking.Go(func() {
			turn <- struct{}{}
			errs[i] = account.Prove(ctx, s.DNS, watchedHost(target), code)
			<-turn
		})
	}
	asking.Wait()
	for i, err := range errs {
		if err == nil {
			proven = append(proven, targets[i])
		} else {
			why = append(why, err)
		}
	}
	return proven, why
}

// watchedHost is the domain or the host of a target.
func watchedHost(target string) string {
	if mailtls.IsDomain(target) {
		return target
	}
	t, err := mailtls.ParseTarget(target)
	if err != nil {
		return target
	}
	return strings.Trim(t.Host, "[]")
}

// shownLines is how many records and answers somebody is shown at once.
const shownLines = 10

// unproven says which records are to be published for a monitor to be kept, and what the DNS said instead.
func unproven(few *store.UnprovenError, code string, why []error) *refusal {
	r := &refusal{Why: fmt.Sprintf("Your monitors may watch %d targets whosever they are. For more, each domain has to say that you may: publish this in the DNS, then save again.", store.MaxUnproven)}
	for _, target := range few.Targets {
		host := watchedHost(target)
		if _, err := netip.ParseAddr(host); err == nil {
			continue
		}
		if record := account.Record(resolve.Above(host)[0], code); !slices.Contains(r.Records, record) {
			r.Records = append(r.Records, record)
		}
	}
	for _, err := range why {
		if text := sentence(strings.ReplaceAll(err.Error(), "\n", "; ")); !slices.Contains(r.Said, text) {
			r.Said = append(r.Said, text)
		}
	}
	r.Records, r.Said = first(r.Records, "; and so for %d more"), first(r.Said, "And %d more answers of that kind.")
	return r
}

// first are the first of a list, and how many more there are.
func first(list []string, more string) []string {
	if len(list) <= shownLines {
		return list
	}
	return append(list[:shownLines:shownLines], fmt.Sprintf(more, len(list)-shownLines))
}
