package legacy

import (
	"bytes"
	"slices"
	"sync"

	"github.com/mailtls/mailtls/tlswire"
)

// Resumption is how a client resumed a session.
type Resumption string

// The resumptions; in a full handshake there is none.
const (
	NotResumed    Resumption = ""
	ResumedID     Resumption = "session id" // RFC 5246, Section 7.3
	ResumedTicket Resumption = "ticket"     // RFC 5077
)

// maxSessions is how many sessions are kept; older ones are forgotten.
const maxSessions = 256

// Sessions keeps the sessions of a server, and the keys of its tickets. It is safe for concurrent use.
type Sessions struct {
	mu     sync.Mutex
	byID   map[string]*State
	order  []string // of the ids, oldest first
	ticket TicketKeys
	keys   []TicketKey // the last one seals, all of them open
}

// NewSessions makes an empty store whose tickets are sealed with keys of that kind.
func NewSessions(keys TicketKeys) *Sessions {
	s := &Sessions{byID: map[string]*State{}, ticket: keys}
	s.keys = []TicketKey{keys.first()}
	return s
}

// put keeps a session under an id.
func (s *Sessions) put(id []byte, state *State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.byID[string(id)]; !ok {
		s.order = append(s.order, string(id))
	}
	s.byID[string(id)] = state
	if len(s.order) > maxSessions {
		delete(s.byID, s.order[0])
		s.order = s.order[1:]
	}
}

// get finds a session by its id.
func (s *Sessions) get(id []byte) *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[string(id)]
}

// resumable finds the session that the client wants to resume, if it is one that both sides can.
func (h *serverHandshake) resumable() (*State, Resumption) {
	store := h.cfg.Sessions
	if store == nil {
		return nil, NotResumed
	}
	if x, ok := tlswire.Find(h.hello.Extensions, tlswire.ExtensionSessionTicket); ok && len(x.Data) > 0 {
		if state := store.openTicket(x.Data); h.fits(state) {
			return state, ResumedTicket
		}
	}
	if len(h.hello.SessionID) > 0 {
		if state := store.get(h.hello.SessionID); h.fits(state) {
			return state, ResumedID
		}
	}
	return nil, NotResumed
}

// fits reports whether the hello goes with a session: it must offer its version and suite, and an extended master secret if
// that has one, and only then (RFC 7627, Section 5.3).
func (h *serverHandshake) fits(state *State) bool {
	if state == nil {
		return false
	}
	_, extended := tlswire.Find(h.hello.Extensions, tlswire.ExtensionExtendedMasterSecret)
	return state.Version <= h.hello.Version && slices.Contains(h.hello.Suites, state.Suite) && extended == state.ExtendedMasterSecret
}

// state is what resumes the session of this handshake.
func (h *serverHandshake) state() *State {
	return &State{Version: h.schedule.version, Suite: h.suite.ID, Master: bytes.Clone(h.master),
		ExtendedMasterSecret: h.Seen.ExtendedMaster, SessionID: h.flight.Hello.SessionID}
}

// remember keeps a new session under its id.
func (h *serverHandshake) remember() {
	if h.cfg.Sessions != nil && len(h.flight.Hello.SessionID) > 0 {
		h.cfg.Sessions.put(h.flight.Hello.SessionID, h.state())
	}
}

// sendTicket sends a ticket if the ServerHello promised one (RFC 5077, Section 3.3).
func (h *serverHandshake) sendTicket() error {
	if !h.has(tlswire.ExtensionSessionTicket) {
		return nil
	}
	hint := h.cfg.Faults.Ticket.Lifetime
	if hint == 0 {
		hint = 7200
	}
	ticket := tlswire.NewSessionTicket{LifetimeHint: hint}
	if h.cfg.Sessions != nil { // an empty one says that there is none after all
		ticket.Ticket = h.cfg.Sessions.sealTicket(h.state())
	}
	return h.emit(tlswire.TypeNewSessionTicket, ticket)
}
