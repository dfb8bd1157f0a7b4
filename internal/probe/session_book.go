package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

func (s *Session) start(ctx context.Context, a ask, results chan<- result, reached chan<- struct{}) {
	asking := s.asking()
	if a.offer.Attack == evidence.StateKept { // which says other things in that place
		asking = starttls.AskNothing
	}
	id := s.book(a, time.Since(s.ep.At))
	f := s.flights[id]
	f.asking = asking
	s.flights[id] = f
	go func() {
		leave, err := s.enter(ctx)
		if err != nil {
			results <- result{a.question, &evidence.Observation{ID: id, Offer: a.offer, Start: time.Since(s.ep.At),
				End: evidence.End{Kind: evidence.EndCancelled}}}
			return
		}
		obs := s.observe(ctx, id, a.offer, asking, func() { s.touched.Store(true); reached <- struct{}{} })
		leave()
		results <- result{a.question, obs}
	}()
}

// enter waits until a connection may be made. The error is that of ctx.
func (s *Session) enter(ctx context.Context) (leave func(), err error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	left, err := s.cfg.admitted(ctx)
	if err != nil {
		s.gate.Leave()
		return nil, err
	}
	return func() { left(); s.gate.Leave() }, nil
}

// book enters a connection that starts now, with the reply it will likely get, and returns the id of its observation.
func (s *Session) book(a ask, now time.Duration) string {
	s.counts[a.question]++
	id := fmt.Sprintf("%s/%d", a.question, s.counts[a.question])
	s.flights[id] = flight{question: a.question, offer: a.offer, guess: a.guess != nil}
	if a.guess != nil {
		g := *a.guess
		g.offer, g.suites, g.start = a.offer, offeredSuites(a.offer), now
		s.guesses[id] = g
	}
	s.ep.Cost.Connections++
	return id
}

// finish takes in a connection that has ended.
func (s *Session) finish(r result) {
	id := r.obs.ID
	s.cleared = s.cleared || s.flights[id].asking == starttls.AskFirst && r.obs.Timing.Ready > 0
	delete(s.flights, id)
	guess, guessed := s.guesses[id]
	delete(s.guesses, id)
	if r.obs.End.Kind == evidence.EndCancelled && r.obs.Timing.End == 0 { // was never made
		s.ep.Cost.Connections--
		return
	}
	s.ep.Observations = append(s.ep.Observations, *r.obs)
	s.ep.Cost.BytesIn += r.obs.BytesIn
	s.ep.Cost.BytesOut += r.obs.BytesOut
	s.ep.Cost.RoundTrips += r.obs.RoundTrips
	if trip := int64(r.obs.Timing.Reply - r.obs.Timing.Ready); r.obs.Timing.Reply > 0 && (s.trip.Load() == 0 || trip < s.trip.Load()) {
		s.trip.Store(trip)
	}
	read := readReply(r.obs)
	s.mu.Lock()
	read.finishedBy(s.ep.Blobs.Dialogues)
	s.mu.Unlock()
	s.replies = append(s.replies, read)
	if guessed {
		s.score(guess, read)
	}
	s.learn()
	s.event(r.question, s.afterwards(r.obs, read), false)
}

// score counts right guesses in a row.
func (s *Session) score(guess, got reply) {
	v := got.offer.Version
	if got.kind == accepted && (got.suite == guess.suite || got.suite == explored(got.offer)) {
		s.hits[v]++
	} else {
		s.hits[v] = 0
	}
}

// afterwards lets the gate know how the server felt, and returns the pause that follows.
func (s *Session) afterwards(o *evidence.Observation, r reply) time.Duration {
	if r.kind == accepted {
		s.gate.Answered()
		return 0
	}
	if !s.throttled(o) {
		return 0
	}
	return s.gate.Throttled(time.Now(), s.ep.At.Add(o.Start))
}

// throttled reports whether the server asked for a pause, in words or by refusing connections it took before.
func (s *Session) throttled(o *evidence.Observation) bool {
	switch o.End.Kind {
	case evidence.EndThrottled:
		return true
	case evidence.EndUnreachable, evidence.EndPreamble:
		return s.anyAccepted()
	case evidence.EndTimeout: // with implicit TLS, a connection that nobody accepts looks like this
		return o.BytesIn == 0 && s.protocol.ImplicitTLS() && s.anyAccepted()
	}
	return false
}

func (s *Session) event(question string, waiting time.Duration, done bool) {
	if s.cfg.Events == nil {
		return
	}
	e := Event{Target: s.ep.Target, Question: question, Connections: s.ep.Cost.Connections, Elapsed: time.Since(s.ep.At),
		Waiting: waiting, Done: done}
	v := newView(s.ep.Target, s.replies, true)
	for _, t := range v.tracks {
		if t.spoken != evidence.Unsure {
			e.Versions++
		}
		e.Suites += len(t.suites.seen)
	}
	s.cfg.Events(e)
}
