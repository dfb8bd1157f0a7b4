package lab

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// stands reports whether the server can stand the hello at all.
func (t Tolerance) stands(h *hello) bool {
	switch {
	case t.BadLength[1] > 0 && h.length >= t.BadLength[0] && h.length <= t.BadLength[1]:
		return false
	case t.MaxLength > 0 && h.length > t.MaxLength:
		return false
	case t.Fragments && h.records > 1:
		return false
	case t.Extensions && h.ClientHello.Extensions != nil:
		return false
	case t.UnknownExtensions && slices.ContainsFunc(h.ClientHello.Extensions, unknownExtension):
		return false
	case t.GREASE && h.grease():
		return false
	case t.MaxVersion > 0 && (h.Version > t.MaxVersion || slices.ContainsFunc(h.versions, t.tooNew)):
		return false
	}
	return true
}

func (t Tolerance) tooNew(v tlswire.Version) bool {
	return v > t.MaxVersion && !tlswire.IsGREASE(uint16(v))
}

// unknownExtension reports whether a server of 2008 had never heard of e.
func unknownExtension(e tlswire.Extension) bool {
	switch e.Type {
	case tlswire.ExtensionServerName, tlswire.ExtensionMaxFragmentLength, tlswire.ExtensionStatusRequest,
		tlswire.ExtensionSupportedGroups, tlswire.ExtensionECPointFormats, tlswire.ExtensionSignatureAlgorithms,
		tlswire.ExtensionSessionTicket, tlswire.ExtensionRenegotiationInfo:
		return false
	}
	return true
}
