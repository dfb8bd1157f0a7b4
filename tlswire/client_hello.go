package tlswire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// ClientHello is the first message of SSLv3 to TLS 1.3 (RFC 8446, Section 4.1.2; RFC 5246,
// Section 7.4.1.2).
type ClientHello struct {
	Version            Version // legacy_version: the highest one below TLS 1.3 that the client speaks
	Random             [32]byte
	SessionID          []byte // at most 255 bytes can be written; peers accept 32
	Suites             []Suite
	CompressionMethods []CompressionMethod
	// Extensions is nil when the block is absent, as in SSLv3, and empty but not nil for a
	// block of zero bytes.
	Extensions []Extension
}

// ParseClientHello parses the body of a client_hello message. SessionID and the extensions
// alias b. The error is ErrMalformed.
func ParseClientHello(b []byte) (ClientHello, error) {
	const message = "client hello"
	var h ClientHello
	var suites, methods cryptobyte.String
	s := cryptobyte.String(b)
	if !readUint16(&s, &h.Version) || !s.CopyBytes(h.Random[:]) {
		return ClientHello{}, malformed(message, "version and random")
	}
	if !readOpaque8(&s, &h.SessionID) {
		return ClientHello{}, malformed(message, "session id")
	}
	var ok bool
	if !s.ReadUint16LengthPrefixed(&suites) {
		return ClientHello{}, malformed(message, "cipher suites")
	}
	if h.Suites, ok = uint16s[Suite](suites); !ok {
		return ClientHello{}, malformed(message, "cipher suites")
	}
	if !s.ReadUint8LengthPrefixed(&methods) {
		return ClientHello{}, malformed(message, "compression methods")
	}
	h.CompressionMethods = uint8s[CompressionMethod](methods)
	if h.Extensions, ok = readOptionalExtensions(&s); !ok {
		return ClientHello{}, malformed(message, "extensions")
	}
	return h, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length,
// or a suite above 0xFFFF.
func (h ClientHello) Marshal() ([]byte, error) {
	size := 2 + 32 + 1 + len(h.SessionID) + 2 + 2*len(h.Suites) + 1 + len(h.CompressionMethods) + 2 + extensionsLen(h.Extensions)
	b := cryptobyte.NewBuilder(make([]byte, 0, size))
	b.AddUint16(uint16(h.Version))
	b.AddBytes(h.Random[:])
	addOpaque8(b, h.SessionID)
	checkLength(b, 2*len(h.Suites), 1<<16)
	b.AddUint16(uint16(2 * len(h.Suites)))
	addSuites(b, h.Suites...)
	checkLength(b, len(h.CompressionMethods), 1<<8)
	b.AddUint8(uint8(len(h.CompressionMethods)))
	addUint8s(b, h.CompressionMethods)
	if h.Extensions != nil {
		addExtensions(b, h.Extensions)
	}
	out, err := b.Bytes()
	return marshalled("client hello", out, err)
}

// addSuites refuses the 24-bit cipher kinds of SSLv2, which other versions have no room for.
func addSuites(b *cryptobyte.Builder, list ...Suite) {
	for _, s := range list {
		if s > 0xFFFF {
			b.SetError(fmt.Errorf("suite %#x has more than 16 bits", uint32(s)))
			return
		}
		b.AddUint16(uint16(s))
	}
}
