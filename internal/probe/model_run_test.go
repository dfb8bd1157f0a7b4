package probe

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// dialogueKey stands for what the mail protocol says inside TLS.
const dialogueKey = "inner"

// modelConnections is more than any model server can be worth.
const modelConnections = 300

// underway is a connection of a simulated scan.
type underway struct {
	id    string
	ask   ask
	start time.Duration
	end   time.Duration
}

// simulation is a scan of a model server: the session's own bookkeeping, with connections that take random times.
type simulation struct {
	*Session
	server  *model
	rng     *rand.Rand
	now     time.Duration
	pending []underway
	loss    func(n int, o evidence.Offer) (evidence.End, bool) // what becomes of the nth connection, if it is lost
	cuts    int                                                // how many replies of a hundred break off in the middle
}

// scanModel scans m with the given number of connections at once.
func scanModel(m *model, parallel int, rng *rand.Rand, loss func(int, evidence.Offer) (evidence.End, bool)) *evidence.Endpoint {
	return simulate(m, Config{Parallel: parallel}, rng, loss)
}

// quickModel scans m quickly.
func quickModel(m *model, parallel int, rng *rand.Rand, loss func(int, evidence.Offer) (evidence.End, bool)) *evidence.Endpoint {
	return simulate(m, Config{Parallel: parallel, Quick: true, Goal: quickNeeds()}, rng, loss)
}

func simulate(m *model, cfg Config, rng *rand.Rand, loss func(int, evidence.Offer) (evidence.End, bool)) *evidence.Endpoint {
	cfg.MaxConnections = modelConnections
	s := &simulation{Session: newSession(modelTarget, cfg, starttls.Protocol(modelTarget.Protocol)), server: m, rng: rng, loss: loss}
	if loss != nil {
		s.cuts = rng.IntN(9)
	}
	s.ep.Blobs.Dialogues[dialogueKey] = &evidence.Dialogue{Outcome: "ready", Greeting: "220 mail.example.org"}
	s.run()
	Derive(s.ep, nil)
	return s.ep
}

func (s *simulation) run() {
	for {
		if s.ep.Ended == "" {
			s.ep.Ended = s.mustStop(context.Background())
		}
		for s.ep.Ended == "" && s.mayStart() {
			a, ok := s.plan().next()
			if !ok {
				break
			}
			s.now++
			u := underway{id: s.book(a, s.now), ask: a, start: s.now}
			u.end = s.now + modelLatency + time.Duration(s.rng.Int64N(int64(modelLatency)))
			s.pending = append(s.pending, u)
		}
		if len(s.pending) == 0 {
			return
		}
		s.finish(s.next())
	}
}

// next ends the connection that is done first.
func (s *simulation) next() result {
	slices.SortFunc(s.pending, func(a, b underway) int { return int(a.end - b.end) })
	u := s.pending[0]
	s.pending = s.pending[1:]
	s.now = u.end
	obs := &evidence.Observation{ID: u.id, Offer: u.ask.offer, Start: u.start, Timing: evidence.Timing{Connect: 1, End: u.end - u.start}}
	if end, lost := s.lose(u.ask.offer); lost {
		obs.End = end
	} else {
		obs.Messages, obs.End = s.server.answer(u.ask.offer, s.rng)
	}
	if n := len(obs.Messages); s.cuts > 0 && n > 1 && s.rng.IntN(100) < s.cuts {
		obs.Messages, obs.End = obs.Messages[:1+s.rng.IntN(n-1)], evidence.End{Kind: some(s.rng, evidence.EndReset, evidence.EndClosed)}
	}
	obs.Reaction = withstands(obs)
	if obs.Offer.Has(evidence.Finished) && obs.End.Kind == evidence.EndDone && len(obs.Messages) > 1 {
		obs.Inner = dialogueKey
		if old(obs.Offer.Version) { // crypto/tls shows nothing of the handshake
			obs.Messages = nil
		}
	}
	if obs.Offer.Attack != "" && obs.End.Kind == evidence.EndDone && len(obs.Messages) > 1 {
		obs.Inner, obs.Reaction = withstand(obs.Offer.Attack)
	}
	return result{u.ask.question, obs}
}

// withstand is how a healthy server reacts to an attack, and its dialogue inside TLS.
func withstand(a evidence.Attack) (inner string, r *evidence.Reaction) {
	switch a {
	case evidence.ForeignProtocol: // hardly any minds
		return "", &evidence.Reaction{End: evidence.EndDone}
	case evidence.RepeatedNonces:
		r = &evidence.Reaction{End: evidence.EndDone}
		for n := range byte(leastNonces) {
			r.Records = append(r.Records, evidence.Reacted{Nonce: []byte{7: n}})
		}
		return dialogueKey, r
	}
	alert := tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertUnexpectedMessage}
	return "", &evidence.Reaction{End: evidence.EndAlert, Records: []evidence.Reacted{{Type: tlswire.ContentAlert, Length: 2, Alert: &alert}}}
}

// attacks counts the connections that tried attacks out.
func attacks(ep *evidence.Endpoint) int {
	n := 0
	for i := range ep.Observations {
		if ep.Observations[i].Offer.Attack != "" {
			n++
		}
	}
	return n
}

func (s *simulation) lose(o evidence.Offer) (evidence.End, bool) {
	if s.loss == nil {
		return evidence.End{}, false
	}
	return s.loss(len(s.ep.Observations), o)
}

// withstands is how a healthy server reacts to what is tried behind its flight.
func withstands(obs *evidence.Observation) *evidence.Reaction {
	if obs.End.Kind != evidence.EndDone || len(obs.Messages) < 2 {
		return nil
	}
	switch obs.Offer.Attack {
	case evidence.PaddingOracle:
		return reactionOf(alertClosed)
	case evidence.InsecureRenegotiation, evidence.ClientRenegotiation:
		return reactionOf("done")
	case evidence.CCSInjection:
		return reactionOf("unexpected alert")
	case evidence.ROBOT:
		return reactionOf("mac alert")
	}
	return nil
}
