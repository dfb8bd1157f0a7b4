package tlswire

import "golang.org/x/crypto/cryptobyte"

// HelloRetryRequestRandom marks a ServerHello as a HelloRetryRequest (RFC 8446, Section 4.1.3).
var HelloRetryRequestRandom = [32]byte{
	0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
	0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
}

// The last eight bytes of the random of a server that speaks a newer version than the one it
// had to agree to (RFC 8446, Section 4.1.3).
const (
	DowngradeTLS12 = "DOWNGRD\x01" // speaks TLS 1.3, agreed to TLS 1.2
	DowngradeTLS11 = "DOWNGRD\x00" // speaks TLS 1.2 or 1.3, agreed to TLS 1.1 or below
)

// ServerHello is the answer to a ClientHello, and HelloRetryRequest, which has the same form
// (RFC 8446, Section 4.1.3 and 4.1.4).
type ServerHello struct {
	Version     Version // legacy_version; see NegotiatedVersion
	Random      [32]byte
	SessionID   []byte
	Suite       Suite
	Compression CompressionMethod
	// Extensions is nil when the block is absent, as in SSLv3, and empty but not nil for a
	// block of zero bytes.
	Extensions []Extension
}

// ParseServerHello parses the body of a server_hello message. SessionID and the extensions
// alias b. The error is ErrMalformed.
func ParseServerHello(b []byte) (ServerHello, error) {
	const message = "server hello"
	var h ServerHello
	var suite uint16
	s := cryptobyte.String(b)
	if !readUint16(&s, &h.Version) || !s.CopyBytes(h.Random[:]) {
		return ServerHello{}, malformed(message, "version and random")
	}
	if !readOpaque8(&s, &h.SessionID) {
		return ServerHello{}, malformed(message, "session id")
	}
	if !s.ReadUint16(&suite) || !readUint8(&s, &h.Compression) {
		return ServerHello{}, malformed(message, "cipher suite and compression method")
	}
	h.Suite = Suite(suite)
	var ok bool
	if h.Extensions, ok = readOptionalExtensions(&s); !ok {
		return ServerHello{}, malformed(message, "extensions")
	}
	return h, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length,
// or a suite above 0xFFFF.
func (h ServerHello) Marshal() ([]byte, error) {
	b := cryptobyte.NewBuilder(make([]byte, 0, 2+32+1+len(h.SessionID)+3+2+extensionsLen(h.Extensions)))
	b.AddUint16(uint16(h.Version))
	b.AddBytes(h.Random[:])
	addOpaque8(b, h.SessionID)
	addSuites(b, h.Suite)
	b.AddUint8(uint8(h.Compression))
	if h.Extensions != nil {
		addExtensions(b, h.Extensions)
	}
	out, err := b.Bytes()
	return marshalled("server hello", out, err)
}

// IsHelloRetryRequest tells whether the message asks for a second ClientHello.
func (h ServerHello) IsHelloRetryRequest() bool { return h.Random == HelloRetryRequestRandom }

// NegotiatedVersion returns the version that the server chose: that of supported_versions if
// present and well formed, else the legacy field.
func (h ServerHello) NegotiatedVersion() Version {
	if e, ok := Find(h.Extensions, ExtensionSupportedVersions); ok {
		if v, err := ParseSelectedVersion(e.Data); err == nil {
			return v
		}
	}
	return h.Version
}

// KeyShare returns the server's key share of TLS 1.3, or false when there is none that is well
// formed.
func (h ServerHello) KeyShare() (KeyShareEntry, bool) {
	e, ok := Find(h.Extensions, ExtensionKeyShare)
	if !ok || h.IsHelloRetryRequest() {
		return KeyShareEntry{}, false
	}
	share, err := ParseServerKeyShare(e.Data)
	return share, err == nil
}

// RetryGroup returns the group that a HelloRetryRequest asks for, or false when it asks for
// none or is no HelloRetryRequest.
func (h ServerHello) RetryGroup() (Group, bool) {
	e, ok := Find(h.Extensions, ExtensionKeyShare)
	if !ok || !h.IsHelloRetryRequest() {
		return 0, false
	}
	g, err := ParseRetryKeyShare(e.Data)
	return g, err == nil
}

// Group returns the group of TLS 1.3, of the key share or of the HelloRetryRequest, or false.
func (h ServerHello) Group() (Group, bool) {
	if g, ok := h.RetryGroup(); ok {
		return g, true
	}
	share, ok := h.KeyShare()
	return share.Group, ok
}

// DowngradeSentinel returns DowngradeTLS12, DowngradeTLS11 or "", from the end of Random.
func (h ServerHello) DowngradeSentinel() string {
	switch end := string(h.Random[24:]); end {
	case DowngradeTLS12, DowngradeTLS11:
		return end
	}
	return ""
}
