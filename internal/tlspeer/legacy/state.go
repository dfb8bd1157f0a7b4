package legacy

import (
	"bytes"

	"github.com/mailtls/mailtls/tlswire"
)

// State is what is needed to resume a session (RFC 5246, Section 7.3; RFC 5077, Section 3.1).
type State struct {
	Version              tlswire.Version
	Suite                tlswire.Suite
	Master               []byte
	ExtendedMasterSecret bool
	SessionID            []byte // of the ServerHello; empty when the server keeps no sessions
	// Ticket is the last one that the server sent, and LifetimeHint what it said of it, in seconds.
	Ticket       []byte
	LifetimeHint uint32
}

// State returns what resumes the session, or nil before its handshake is complete.
func (s *Session) State() *State {
	if !s.ready {
		return nil
	}
	h := s.handshake
	st := &State{
		Version: h.keys.version, Suite: h.seen.ServerHello.Suite, Master: bytes.Clone(h.keys.master),
		ExtendedMasterSecret: h.seen.ExtendedMasterSecret, SessionID: h.seen.ServerHello.SessionID,
	}
	if r := h.cfg.Resume; h.seen.Resumed && r != nil {
		st.Ticket, st.LifetimeHint = r.Ticket, r.LifetimeHint
	}
	if t := h.seen.Ticket; t != nil {
		st.Ticket, st.LifetimeHint = t.Ticket, t.LifetimeHint
	}
	return st
}
