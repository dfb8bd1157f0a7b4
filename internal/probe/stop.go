package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

// plan reads all replies, expected ones included, for the next question.
func (s *Session) plan() *plan {
	all := slices.Clone(s.replies)
	flights := make([]flight, 0, len(s.flights))
	for id, f := range s.flights {
		flights = append(flights, f)
		if g, ok := s.guesses[id]; ok {
			g.id = id
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b reply) int { return int(a.start - b.start) })
	return &plan{view: newView(s.ep.Target, all), flights: flights, goal: s.goal(), named: serverName(s.ep.Target.ServerName) != "",
		hits: s.hits, counts: s.counts}
}

// goal turns the needs into what the planner asks for: everything, unless the scan is quick.
func (s *Session) goal() goal {
	if !s.cfg.Quick {
		return goal{versions: true, suites: true, details: true, finished: true}
	}
	g := goal{versions: true}
	for _, n := range s.cfg.Goal {
		if n.Any != nil {
			g.any = append(g.any, n.Any)
		}
	}
	return g
}

// mustStop returns why no further connection is made, or "".
func (s *Session) mustStop(ctx context.Context) string {
	switch {
	case ctx.Err() != nil:
		return "the scan was interrupted"
	case s.ep.Cost.Connections >= s.cfg.maxConnections():
		return fmt.Sprintf("the limit of %d connections is reached", s.cfg.maxConnections())
	case s.waited > s.cfg.patience():
		return "the server throttles: " + s.lastWords()
	}
	return s.hopeless()
}

// hopeless returns why a server that never took an offer is given up.
func (s *Session) hopeless() string {
	fails, last := 0, evidence.End{}
	for i := len(s.ep.Observations) - 1; i >= 0; i-- {
		o := &s.ep.Observations[i]
		if s.replyTo(o.ID) != lost {
			break
		}
		fails, last = fails+1, firstEnd(last, o.End)
	}
	limit := 10
	if !s.anyAccepted() {
		limit = 2
		if last.Kind == evidence.EndTimeout || last.Kind == evidence.EndMalformed || last.Kind == evidence.EndNotTLS {
			limit = len(versions)
		}
		if last.Kind == evidence.EndThrottled {
			limit = 6
		}
	}
	if fails < limit {
		return ""
	}
	return fmt.Sprintf("%s: %s", endWords(last.Kind), last.Detail)
}

func firstEnd(a, b evidence.End) evidence.End {
	if a.Kind != "" {
		return a
	}
	return b
}

func (s *Session) replyTo(id string) kind {
	for i := range s.replies {
		if s.replies[i].id == id {
			return s.replies[i].kind
		}
	}
	return lost
}

// lastWords is what the server said when it last asked for a pause.
func (s *Session) lastWords() string {
	for i := len(s.ep.Observations) - 1; i >= 0; i-- {
		if o := &s.ep.Observations[i]; s.throttled(o) && o.End.Detail != "" {
			return o.End.Detail
		}
	}
	return "it stopped answering"
}

// endWords says in a few words how a connection ended.
func endWords(k evidence.EndKind) string {
	switch k {
	case evidence.EndTimeout:
		return "no reply in time"
	case evidence.EndNotTLS:
		return "the reply is not TLS"
	case evidence.EndMalformed:
		return "the reply breaks the rules of TLS"
	case evidence.EndThrottled:
		return "the server throttles"
	case evidence.EndPreamble:
		return "no STARTTLS"
	case evidence.EndUnreachable:
		return "unreachable"
	}
	return string(k)
}
