package lab

import (
	"errors"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// Visit is what one client showed of itself in one connection. Its texts are as they came: whoever prints them escapes
// them.
type Visit struct {
	From string    // address and port of the client
	At   time.Time // when it connected

	Name     string // what it called itself in its first EHLO, HELO or LHLO; other protocols have no such command
	StartTLS bool   // it asked for TLS: by its command or, on a port with implicit TLS, by its hello
	InClear  bool   // it began to hand over a message before TLS

	Hello    *VisitHello          // the first one; nil: none came that can be read
	Second   *tlswire.ClientHello // the one behind a HelloRetryRequest
	Got      Agreed               // what the server chose; zero: nothing
	Finished bool                 // the handshake was finished, which the lab cannot do with every suite
	Problem  error                // why no hello was read, or what ended the handshake, as far as that is known
}

// VisitHello is a ClientHello as it came.
type VisitHello struct {
	tlswire.ClientHello
	V2      *tlswire.ClientHelloV2 // set when it came in the form of SSLv2; the other fields are then what follows from it
	Records int                    // that it came in
	Length  int                    // of the handshake message in bytes, its header included
}

// Agreed is what a server answers a hello with. Group is that of ECDHE and of TLS 1.3, else 0.
type Agreed struct {
	Version tlswire.Version
	Suite   tlswire.Suite
	Group   tlswire.Group
}

// visitLasts is how long a connection that is watched may take in all, so that whoever stays is told of, too.
const visitLasts = 2 * time.Minute

// watched begins the record of a connection.
func (s *session) watched(now time.Time) {
	s.visit = Visit{From: s.raw.RemoteAddr().String(), At: now}
	if s.Server.Watch != nil {
		s.until = now.Add(visitLasts)
		_ = s.raw.SetDeadline(s.until) // without one, the client is only told of later
	}
}

// told ends the record, and hands it on.
func (s *session) told(err error) {
	if s.Server.Watch == nil {
		return
	}
	s.visit.Finished = s.secure
	if s.visit.Problem == nil && s.visit.Hello != nil && !s.secure && !errors.Is(err, errDone) && !errors.Is(err, errReset) {
		s.visit.Problem = err
	}
	s.Server.Watch(s.visit)
}

// heard notes what a command line of the mail protocol tells of the client.
func (s *session) heard(line string) {
	fields := strings.Fields(line)
	switch v := verb(line); {
	case (v == "EHLO" || v == "HELO" || v == "LHLO") && len(fields) > 1 && s.visit.Name == "":
		s.visit.Name = fields[1]
	case v == "STARTTLS" || v == "STLS":
		s.visit.StartTLS = true
	case len(fields) > 0 && strings.EqualFold(fields[0], "MAIL") && !s.secure:
		s.visit.InClear = true
	}
}

// saw notes a hello.
func (s *session) saw(h *hello) {
	s.visit.StartTLS = true
	s.visit.Hello = &VisitHello{h.ClientHello, h.v2, h.records, h.length}
}

// sawAgain notes the hello behind a HelloRetryRequest, if there was one.
func (s *session) sawAgain(peer *tlspeer.Session) {
	hellos := 0
	for _, m := range peer.Seen.Messages {
		if m.Type == tlswire.TypeClientHello {
			hellos++
		}
	}
	if hellos > 1 {
		s.visit.Second = peer.Seen.ClientHello
	}
}
