package probe

import (
	"sync"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// resumable keeps what sessions can be resumed by, while the scan lasts: their secrets are no evidence. Up to TLS 1.2 that is the
// latest session of each version and suite.
type resumable struct {
	mu  sync.Mutex
	old map[agreed]*legacy.State
	new map[agreed][]tlspeer.Ticket // not offered yet, the latest last; where all were, the last of them
}

// maxTickets is how many tickets of TLS 1.3 are kept.
const maxTickets = 8

// agreed is what a session has to be resumed with.
type agreed struct {
	version tlswire.Version
	suite   tlswire.Suite
}

// keepOld keeps a session of TLS 1.2 or older, if there came a ticket with it.
func (r *resumable) keepOld(state *legacy.State) {
	if state == nil || len(state.Ticket) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.old == nil {
		r.old = map[agreed]*legacy.State{}
	}
	r.old[agreed{state.Version, state.Suite}] = state
}

// keepNew keeps the tickets of a session of TLS 1.3.
func (r *resumable) keepNew(tickets []tlspeer.Ticket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.new == nil {
		r.new = map[agreed][]tlspeer.Ticket{}
	}
	for _, t := range tickets {
		a := agreed{tlswire.TLS13, t.Suite}
		list := append(r.new[a], t)
		r.new[a] = list[max(0, len(list)-maxTickets):]
	}
}

// session returns what was kept of a version up to TLS 1.2 and one of suites, nil if nothing was.
func (r *resumable) session(v tlswire.Version, suites []tlswire.Suite) *legacy.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range suites {
		if state := r.old[agreed{v, s}]; state != nil {
			return state
		}
	}
	return nil
}

// ticket returns the latest ticket of a version and one of suites that was not offered yet: servers may take each but once (RFC
// 8446, Section 8.1). If all were, it is the last one again; nil if there was none.
func (r *resumable) ticket(v tlswire.Version, suites []tlswire.Suite) *tlspeer.Ticket {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range suites {
		a := agreed{v, s}
		if list := r.new[a]; len(list) > 0 {
			last := list[len(list)-1]
			r.new[a] = list[:max(1, len(list)-1)]
			return &last
		}
	}
	return nil
}
