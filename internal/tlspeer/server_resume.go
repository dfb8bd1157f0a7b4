package tlspeer

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// resume looks for a ticket among those that the client offers, the first of them alone.
func (s *server) resume() {
	e, ok := tlswire.Find(s.Seen.ClientHello.Extensions, tlswire.ExtensionPreSharedKey)
	offered, err := tlswire.ParsePreSharedKey(e.Data)
	if !ok || err != nil || s.cfg.Secret == nil || len(offered.Identities) == 0 || !s.offersMode(tlswire.PSKOnly) && !s.offersMode(tlswire.PSKWithDHE) {
		return
	}
	if s.psk = s.cfg.Secret(offered.Identities[0].Identity); len(s.psk) != s.suite.newHash().Size() {
		s.psk = nil // of no session, or of one with another hash
	}
	if s.psk != nil && !s.offersMode(tlswire.PSKWithDHE) && !s.cfg.WithoutShare {
		s.psk = nil
	}
	s.Seen.Resumed = s.psk != nil
}

// offersMode reports whether the client offers a way to use tickets (RFC 8446, Section 4.2.9).
func (s *server) offersMode(m tlswire.PSKMode) bool {
	e, _ := tlswire.Find(s.Seen.ClientHello.Extensions, tlswire.ExtensionPSKKeyExchangeModes)
	modes, _ := tlswire.ParsePSKKeyExchangeModes(e.Data) // a malformed list holds none
	return slices.Contains(modes, m)
}

// chosen are the extensions of the ServerHello; without a share there is none of it.
func (s *server) chosen(share []byte) []tlswire.Extension {
	list := []tlswire.Extension{tlswire.SelectedVersion(tlswire.TLS13)}
	if share != nil {
		list = append(list, tlswire.ServerKeyShare(tlswire.KeyShareEntry{Group: s.cfg.Group, Data: share}))
	}
	if s.Seen.Resumed {
		list = append(list, tlswire.SelectedPSK(0))
	}
	return list
}

// issue tells of the key of a ticket.
func (s *server) issue(t tlswire.NewSessionTicketTLS13) error {
	if s.cfg.Issued == nil {
		return nil
	}
	secret, err := s.ticketSecret(t)
	if err == nil {
		s.cfg.Issued(t, secret)
	}
	return err
}
