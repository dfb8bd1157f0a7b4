package tlswire

import "golang.org/x/crypto/cryptobyte"

// SessionTicket builds session_ticket (RFC 5077, Section 3.2); nil asks for a ticket, and is
// what a server that will send one answers. The data of the extension is the ticket, so there
// is nothing to parse.
func SessionTicket(ticket []byte) Extension { return Extension{ExtensionSessionTicket, ticket} }

// RenegotiationInfo builds renegotiation_info; verifyData is nil in a first handshake (RFC
// 5746, Section 3.2).
func RenegotiationInfo(verifyData []byte) Extension {
	return build(ExtensionRenegotiationInfo, func(b *cryptobyte.Builder) { addOpaque8(b, verifyData) })
}

// ParseRenegotiationInfo parses what RenegotiationInfo builds. The result aliases data. The
// error is ErrMalformed.
func ParseRenegotiationInfo(data []byte) ([]byte, error) {
	return parseOpaque(data, readOpaque8, "renegotiation_info")
}

// Cookie builds cookie, which a server puts into a HelloRetryRequest and the client gives back
// (RFC 8446, Section 4.2.2).
func Cookie(cookie []byte) Extension {
	return build(ExtensionCookie, func(b *cryptobyte.Builder) { addOpaque16(b, cookie) })
}

// ParseCookie parses what Cookie builds. The result aliases data. The error is ErrMalformed.
func ParseCookie(data []byte) ([]byte, error) { return parseOpaque(data, readOpaque16, "cookie") }

// EarlyData builds the early_data of a ClientHello or of EncryptedExtensions, which is empty
// (RFC 8446, Section 4.2.10).
func EarlyData() Extension { return Extension{Type: ExtensionEarlyData} }

// EarlyDataLimit builds the early_data of a NewSessionTicket: the most bytes of early data (RFC
// 8446, Section 4.2.10).
func EarlyDataLimit(limit uint32) Extension {
	return build(ExtensionEarlyData, func(b *cryptobyte.Builder) { b.AddUint32(limit) })
}

// ParseEarlyDataLimit parses what EarlyDataLimit builds. The error is ErrMalformed.
func ParseEarlyDataLimit(data []byte) (uint32, error) {
	var limit uint32
	s := cryptobyte.String(data)
	if !s.ReadUint32(&limit) || !s.Empty() {
		return 0, malformed("early_data", "length")
	}
	return limit, nil
}
