package probe

import (
	"sync"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// resumable keeps the latest session of each version and suite that can be resumed by a ticket, while the scan lasts: their
// secrets are no evidence.
type resumable struct {
	mu  sync.Mutex
	old map[agreed]*legacy.State
	new map[agreed]*tlspeer.Ticket
}

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

// keepNew keeps the last ticket of a session of TLS 1.3.
func (r *resumable) keepNew(tickets []tlspeer.Ticket) {
	if len(tickets) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.new == nil {
		r.new = map[agreed]*tlspeer.Ticket{}
	}
	last := &tickets[len(tickets)-1]
	r.new[agreed{tlswire.TLS13, last.Suite}] = last
}

// of returns what was kept of a version and one of suites, nil where there is nothing.
func (r *resumable) of(v tlswire.Version, suites []tlswire.Suite) (*legacy.State, *tlspeer.Ticket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range suites {
		if a := (agreed{v, s}); r.old[a] != nil || r.new[a] != nil {
			return r.old[a], r.new[a]
		}
	}
	return nil, nil
}
