package lab

import (
	"io"
	"net"
)

// inside speaks the mail protocol under TLS. ManageSieve sends its capabilities
// again by itself (RFC 5804, Section 2.2).
func (s *session) inside() error {
	s.forget()
	if len(s.kept) > 0 && s.Server.Quirks.Behind == BehindHangs {
		return s.silence()
	}
	if s.Server.Protocol.ImplicitTLS() || s.Server.Quirks.GreetsAgain {
		if err := s.greet(); err != nil {
			return err
		}
	} else if s.Server.Protocol == "sieve" {
		if err := s.send(s.dialect().greeting(s)); err != nil {
			return err
		}
	}
	_, err := s.commands()
	return err
}

// replayed is a connection whose first bytes were read already, and which writes
// where the session does.
type replayed struct {
	net.Conn
	r io.Reader
	w io.Writer
}

func (c *replayed) Read(b []byte) (int, error)  { return c.r.Read(b) }
func (c *replayed) Write(b []byte) (int, error) { return c.w.Write(b) }
