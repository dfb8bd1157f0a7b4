package tlspeer

import (
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// offersEarly derives the secret of early data, if the hello that was just composed offers some with the ticket (RFC 8446,
// Section 7.1). None is ever sent.
func (c *client) offersEarly() (err error) {
	c.early = nil
	if _, ok := tlswire.Find(c.hello.Extensions, tlswire.ExtensionEarlyData); !ok || c.ticket == nil {
		return nil
	}
	u, ok := suiteOf(c.ticket.Suite)
	if !ok {
		return nil
	}
	k, err := newSchedule(u.newHash, c.ticket.Secret)
	if err == nil {
		c.early, err = k.derive("c e traffic", c.transcript.hash(u.newHash))
	}
	return err
}

// takesEarly notes whether the server takes early data (RFC 8446, Section 4.2.10).
func (c *client) takesEarly(list []tlswire.Extension) error {
	_, c.Seen.EarlyData = tlswire.Find(list, tlswire.ExtensionEarlyData)
	if c.Seen.EarlyData && (c.early == nil || !c.Seen.Resumed || c.ticket.Suite != c.Seen.ServerHello.Suite) {
		return nonsense(errors.New("the server takes early data that was not offered"))
	}
	return nil
}

// endEarly tells a server that waits for early data that there is none: the message is the only one under its key.
func (s *Session) endEarly() error {
	if !s.Seen.EarlyData {
		return nil
	}
	if err := s.protectOut(s.suite, s.early); err != nil {
		return err
	}
	m := tlswire.Handshake{Type: tlswire.TypeEndOfEarlyData}
	message, err := m.Append(nil)
	if err == nil {
		err = s.transcript.add(m)
	}
	if err == nil {
		err = s.sendCompatible(message, 0)
	}
	if err != nil {
		return err
	}
	return s.protectOut(s.suite, s.ownSecret)
}
