package probe

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// Session is one scan of one endpoint.
type Session struct {
	cfg      Config
	gate     *Gate
	leave    func() // the gate
	protocol starttls.Protocol

	wanted goal // what cfg wants to know

	mu   sync.Mutex // guards ep.Blobs, and keys
	ep   *evidence.Endpoint
	keys int // how many more may be made to compare others with, see x509lax.CompareDebian

	preambles atomic.Int32                          // plaintext parts that ended in a go-ahead
	listed    atomic.Pointer[starttls.Capabilities] // in one of them, before TLS
	touched   atomic.Bool                           // some connection got past the TCP handshake
	trip      atomic.Int64                          // the shortest time from a hello to what came back, in nanoseconds; 0 before there is one
	early     atomic.Int64                          // the longest time that an answer to the first part of an attack took, in nanoseconds
	source    atomic.Pointer[string]

	resumable resumable

	replies []reply // in order of arrival
	flights map[string]flight
	guesses map[string]reply
	counts  map[string]int
	hits    map[tlswire.Version]int
	patient time.Duration // what the gate had waited when the scan began

	cleared bool // what is taken before TLS was asked, as far as there was something to ask

	learned int // what is known, as a number that grows with it
	barren  int // replies in a row from which it did not grow
}

// Scan finds out what cfg asks of the endpoint target, and returns the evidence, complete or not: what could not be
// learned is Unknown or Partial, with the reason. The error is for a target that cannot be dialled at all, such as one
// with an unknown protocol.
func Scan(ctx context.Context, target evidence.Target, cfg Config) (*evidence.Endpoint, error) {
	protocol, err := starttls.ParseProtocol(target.Protocol)
	if err != nil {
		return nil, fmt.Errorf("scanning %s: %w", target.Input, err)
	}
	leave := func() {}
	if cfg.Turn != nil {
		if left, err := cfg.Turn(ctx, target.Address); err == nil { // else ctx has ended, and the loop with it
			leave = left
		}
	}
	s := newSession(target, cfg, protocol)
	s.loop(ctx)
	s.leave()
	leave()
	s.ep.Cost.Wall = time.Since(s.ep.At)
	if from := s.source.Load(); from != nil {
		s.ep.Source = *from
	}
	s.ep.Cost.Connections = opened(s.ep.Observations)
	Derive(s.ep, cfg.Trust)
	s.event("", 0, true)
	return s.ep, nil
}

// opened counts the connections that TCP opened. While the scan goes on all attempts count, since a limit is to hold for
// them too.
func opened(list []evidence.Observation) int {
	n := 0
	for i := range list {
		if list[i].RoundTrips > 0 { // to open it is the first
			n++
		}
	}
	return n
}

func newSession(target evidence.Target, cfg Config, protocol starttls.Protocol) *Session {
	gate, leave := cfg.Gates.of(target.Address, cfg)
	s := &Session{keys: maxKeys, cfg: cfg, gate: gate, leave: leave, protocol: protocol, flights: map[string]flight{},
		guesses: map[string]reply{}, counts: map[string]int{}, hits: map[tlswire.Version]int{}}
	s.wanted, s.patient = goalOf(cfg), s.gate.Waited()
	s.ep = &evidence.Endpoint{At: time.Now().UTC(), Target: target,
		Blobs: evidence.Blobs{Certificates: map[string]*evidence.Certificate{}, Dialogues: map[string]*evidence.Dialogue{},
			Staples: map[string][]byte{}}}
	return s
}

// result is a connection that has ended.
type result struct {
	question string
	obs      *evidence.Observation
}

// loop makes connections until nothing is left to ask, or the scan has to stop.
func (s *Session) loop(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result)
	reached := make(chan struct{}, s.cfg.maxConnections()+1)
	for {
		if s.ep.Ended == "" {
			s.ep.Ended = s.mustStop(ctx)
			if s.ep.Ended != "" && !s.spent() {
				cancel() // nothing more is expected of the connections under way
			}
		}
		for s.ep.Ended == "" && s.mayStart() {
			a, ok := s.plan().next()
			if !ok {
				break
			}
			s.start(ctx, a, results, reached)
		}
		if len(s.flights) == 0 {
			return
		}
		select {
		case r := <-results:
			s.finish(r)
		case <-reached:
		case <-ctx.Done():
			s.finish(<-results) // connections under way end by themselves
		}
	}
}

// mayStart reports whether a further connection may be made now: one alone until the server is known to answer, and as
// many as the gate lets through afterwards.
func (s *Session) mayStart() bool {
	if s.preambles.Load() == 0 && !s.protocol.ImplicitTLS() && len(s.flights) > 0 && !s.connected() {
		return false
	}
	if len(s.flights) > 0 && s.inVain() { // it might last a timeout beyond those under way, which tell enough
		return false
	}
	return len(s.flights) < s.cfg.parallel() && !s.spent() && s.hopeless() == ""
}

// spent reports whether all connections that the scan may make are made.
func (s *Session) spent() bool { return s.ep.Cost.Connections >= s.cfg.maxConnections() }

// inVain reports whether nothing was accepted yet, and the latest connection waited for the server until time was up.
func (s *Session) inVain() bool {
	n := len(s.ep.Observations)
	if n == 0 || s.anyAccepted() {
		return false
	}
	o := &s.ep.Observations[n-1]
	return (o.End.Kind == evidence.EndTimeout || o.End.Kind == evidence.EndPreamble) && o.Timing.End >= s.cfg.timeout()
}

// connected reports whether some connection got past the TCP handshake.
func (s *Session) connected() bool { return s.touched.Load() }

func (s *Session) anyAccepted() bool {
	for i := range s.replies {
		if s.replies[i].kind == accepted {
			return true
		}
	}
	return false
}
