package probe

import (
	"maps"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// plan reads all replies, expected ones included, for the next question.
func (s *Session) plan() *plan {
	all := slices.Clone(s.replies)
	flights := make([]flight, 0, len(s.flights))
	for _, id := range slices.Sorted(maps.Keys(s.flights)) { // in order, so that the same replies lead to the same plan
		f := s.flights[id]
		flights = append(flights, f)
		if g, ok := s.guesses[id]; ok {
			g.id = id
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b reply) int { return int(a.start - b.start) })
	p := &plan{view: newView(s.ep.Target, all, true), flights: flights, goal: s.wanted, named: serverName(s.ep.Target.ServerName) != "",
		hits: s.hits, counts: s.tries(), clear: !s.cleared && s.asking() == starttls.AskFirst}
	_, _, p.silent = s.heardAside()
	s.mu.Lock()
	defer s.mu.Unlock()
	p.hides, p.mute = p.mayHide(s.ep.Blobs.Certificates), p.silentInside(s.ep.Blobs.Dialogues)
	return p
}

// tries counts the connections of each question, without those that were turned away.
func (s *Session) tries() map[string]int {
	tries := maps.Clone(s.counts)
	for i := range s.replies {
		if s.replies[i].later {
			tries[questionOf(s.replies[i].id)]--
		}
	}
	if s.cfg.Passive {
		giveUpOddities(tries)
	}
	return tries
}

// giveUpOddities makes as if all that no ordinary client does had been tried in vain.
func giveUpOddities(tries map[string]int) {
	tries["long-lists"], tries["fallback-scsv"], tries["alpn"], tries["tolerance"] = 2, 2, 2, 2
	for _, t := range tolerated {
		tries["tolerance-"+string(t.fails)] = 3
	}
}

// goalOf turns the needs into what the planner asks for: everything, unless the scan is quick.
func goalOf(cfg Config) goal {
	finished := !slices.Contains(cfg.Without, evidence.KeyCapabilitiesTLS) || !slices.Contains(cfg.Without, evidence.KeySessionTicket)
	g := goal{versions: true, suites: true, details: true, finished: finished}
	if cfg.Quick {
		g = quickGoal(cfg.Goal)
	}
	g.passive, g.without = cfg.Passive, cfg.Without
	return g
}

// wantsMore reports whether there is something left to ask.
func (s *Session) wantsMore() bool {
	_, ok := s.plan().next()
	return ok
}
