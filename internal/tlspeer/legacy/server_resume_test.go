package legacy

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// tickets lets a server of the tests give out tickets.
func tickets(keys TicketKeys) func(*echo) {
	return func(e *echo) {
		e.extensions = append(e.extensions, tlswire.SessionTicket(nil), tlswire.ExtendedMasterSecret())
		e.Sessions = NewSessions(keys)
	}
}

// begun finishes a handshake in which everything that resumes is offered.
func begun(t *testing.T, e *echo) *State {
	t.Helper()
	s := complete(t, e.addr, e.hello(tlswire.SessionTicket(nil), tlswire.ExtendedMasterSecret()))
	wantEcho(t, s)
	return s.State()
}

// TestServerResumes resumes sessions by id and by ticket, in every version, and not those of other people.
func TestServerResumes(t *testing.T) {
	for _, v := range versions() {
		e := startEcho(t, v, "AES128-SHA", nil)
		state := begun(t, e)
		cc := e.hello()
		cc.Hello.SessionID, cc.Resume = state.SessionID, state
		s := complete(t, e.addr, cc)
		wantEcho(t, s)
		if !s.Seen.Resumed || !bytes.Equal(s.State().Master, state.Master) {
			t.Errorf("%v: not resumed by id", v)
		}
		cc = e.hello()
		cc.Hello.SessionID, cc.Resume = randomBytes(32), state
		if s = complete(t, e.addr, cc); s.Seen.Resumed {
			t.Errorf("%v: resumed by an id that nobody has", v)
		}
	}
	for _, v := range versions()[1:] {
		e := startEcho(t, v, "AES128-SHA", tickets(TicketKeysRandom))
		state := begun(t, e)
		if s := resumeTicket(t, e, state, nil); !s.Seen.Resumed || len(s.Seen.ServerHello.SessionID) != 0 {
			t.Errorf("%v: not resumed by ticket", v)
		}
		cc := e.hello(tlswire.SessionTicket(state.Ticket)) // RFC 7627, Section 5.3: without what the session had
		if cc.Resume = state; complete(t, e.addr, cc).Seen.Resumed {
			t.Errorf("%v: resumed without an extended master secret", v)
		}
		state.Ticket[20] ^= 1
		if s := resumeTicket(t, e, state, nil); s.Seen.Resumed {
			t.Errorf("%v: resumed by a forged ticket", v)
		}
	}
}

// resumeTicket begins a session with a ticket and a session id, and goes on whether it is resumed or not.
func resumeTicket(t *testing.T, e *echo, state *State, id []byte) *Session {
	t.Helper()
	cc := e.hello(tlswire.SessionTicket(state.Ticket), tlswire.ExtendedMasterSecret())
	cc.Hello.SessionID, cc.Resume = id, state
	s := complete(t, e.addr, cc)
	wantEcho(t, s)
	return s
}

// TestTicketbleed resumes with a session id of 16 bytes.
func TestTicketbleed(t *testing.T) {
	id := bytes.Repeat([]byte{7}, 16)
	for long, want := range map[bool]int{false: 16, true: 32} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", tickets(TicketKeysRandom))
		e.Faults.Ticket.LongSessionID = long
		s := resumeTicket(t, e, begun(t, e), id)
		if got := s.Seen.ServerHello.SessionID; !s.Seen.Resumed || len(got) != want || !bytes.HasPrefix(got, id) {
			t.Errorf("long %v: session id %x", long, got)
		}
	}
}

// TestTicketKeys looks at tickets of every kind of key.
func TestTicketKeys(t *testing.T) {
	name := func(e *echo) string { return string(begun(t, e).Ticket[:16]) }
	for _, c := range []struct {
		keys             TicketKeys
		later, elsewhere bool // whether the name of the key stays
	}{
		{TicketKeysRandom, true, false}, {TicketKeysFixed, true, true}, {TicketKeysZero, true, true}, {TicketKeysRotating, false, false},
	} {
		one := startEcho(t, tlswire.TLS12, "AES128-SHA", tickets(c.keys))
		other := startEcho(t, tlswire.TLS12, "AES128-SHA", tickets(c.keys))
		first := name(one)
		if got := name(one) == first; got != c.later {
			t.Errorf("%q: the same name later: %v", c.keys, got)
		}
		if got := name(other) == first; got != c.elsewhere {
			t.Errorf("%q: the same name elsewhere: %v", c.keys, got)
		}
		old := begun(t, one)
		begun(t, one)
		if s := resumeTicket(t, one, old, nil); !s.Seen.Resumed {
			t.Errorf("%q: an old ticket resumes nothing", c.keys)
		}
	}
}

// TestZeroTicketKey finds the master secret in a ticket of CVE-2020-13777, and in no other.
func TestZeroTicketKey(t *testing.T) {
	for _, keys := range []TicketKeys{TicketKeysZero, TicketKeysRandom} {
		state := begun(t, startEcho(t, tlswire.TLS12, "AES128-SHA", tickets(keys)))
		block, err := aes.NewCipher(make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		body := state.Ticket[34 : len(state.Ticket)-20]
		body = body[:len(body)/16*16]
		plain := make([]byte, len(body))
		cipher.NewCBCDecrypter(block, state.Ticket[16:32]).CryptBlocks(plain, body)
		if got := bytes.Contains(plain, state.Master); got != (keys == TicketKeysZero) {
			t.Errorf("%q: master secret found: %v", keys, got)
		}
	}
}

// TestTicketLifetime reads the hint.
func TestTicketLifetime(t *testing.T) {
	for set, want := range map[uint32]uint32{0: 7200, 864000: 864000} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", tickets(TicketKeysRandom))
		e.Faults.Ticket.Lifetime = set
		if got := begun(t, e).LifetimeHint; got != want {
			t.Errorf("%d seconds, want %d", got, want)
		}
	}
}

// TestSessionsAreForgotten fills a store.
func TestSessionsAreForgotten(t *testing.T) {
	s := NewSessions(TicketKeysRandom)
	for i := range maxSessions + 1 {
		s.put([]byte{byte(i >> 8), byte(i)}, &State{})
	}
	if len(s.byID) != maxSessions || len(s.order) != maxSessions || s.get([]byte{0, 0}) != nil || s.get([]byte{0, 1}) == nil {
		t.Errorf("%d sessions kept", len(s.byID))
	}
}

// TestTicketTruncated opens every part of a ticket.
func TestTicketTruncated(t *testing.T) {
	s := NewSessions(TicketKeysRandom)
	ticket := s.sealTicket(&State{Master: make([]byte, masterLen)})
	for n := range ticket {
		if s.openTicket(ticket[:n]) != nil {
			t.Errorf("%d bytes of %d open", n, len(ticket))
		}
	}
	if s.openTicket(ticket) == nil {
		t.Error("the ticket does not open")
	}
}
