package lab

import (
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// refuseForeign turns a client down that wants another protocol or another server, if the server is strict about that.
func (s *session) refuseForeign(h *hello) error {
	q := s.Server.Quirks
	if _, ok := s.alpn(h); !ok && q.StrictALPN && h.has(tlswire.ExtensionALPN) {
		return s.refuse(tlswire.AlertNoApplicationProtocol)
	}
	if h.name == "" || strings.HasSuffix(h.name, "lab.test") || !q.StrictName && !q.WarnsName {
		return nil
	}
	if q.StrictName {
		return s.refuse(tlswire.AlertUnrecognizedName)
	}
	return s.sendRecord(tlswire.ContentAlert, s.alertVersion(), []byte{byte(tlswire.AlertLevelWarning), byte(tlswire.AlertUnrecognizedName)})
}
