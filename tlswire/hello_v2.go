package tlswire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// MessageTypeV2 is the first byte of an SSLv2 message (Hickman, "The SSL Protocol", 1995).
type MessageTypeV2 uint8

// The SSLv2 messages that are sent in the clear.
const (
	TypeErrorV2       MessageTypeV2 = 0
	TypeClientHelloV2 MessageTypeV2 = 1
	TypeServerHelloV2 MessageTypeV2 = 4
)

// ClientHelloV2 is CLIENT-HELLO of SSLv2, also usable to offer later versions and their suites
// (RFC 5246, Appendix E.2).
type ClientHelloV2 struct {
	Version   Version
	Ciphers   []Suite // 24 bits each: cipher kinds of SSLv2, or 16-bit suites of later versions
	SessionID []byte
	Challenge []byte // 16 to 32 bytes
}

// ParseClientHelloV2 parses the payload of the record of a CLIENT-HELLO, its type included.
// SessionID and Challenge alias b. The error is ErrMalformed.
func ParseClientHelloV2(b []byte) (ClientHelloV2, error) {
	var h ClientHelloV2
	var ciphersLen, sessionLen, challengeLen uint16
	s := cryptobyte.String(b)
	if !skipTypeV2(&s, TypeClientHelloV2) {
		return ClientHelloV2{}, malformed("SSLv2 client hello", "type")
	}
	if !readUint16(&s, &h.Version) || !s.ReadUint16(&ciphersLen) || !s.ReadUint16(&sessionLen) || !s.ReadUint16(&challengeLen) {
		return ClientHelloV2{}, malformed("SSLv2 client hello", "version and lengths")
	}
	if !readCiphersV2(&s, int(ciphersLen), &h.Ciphers) {
		return ClientHelloV2{}, malformed("SSLv2 client hello", "cipher specs")
	}
	if !s.ReadBytes(&h.SessionID, int(sessionLen)) || !s.ReadBytes(&h.Challenge, int(challengeLen)) || !s.Empty() {
		return ClientHelloV2{}, malformed("SSLv2 client hello", "session id and challenge")
	}
	return h, nil
}

// Marshal returns the message with its type, to be sent as the Payload of a RecordV2. The error
// is a field that does not fit its length.
func (h ClientHelloV2) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(uint8(TypeClientHelloV2))
	b.AddUint16(uint16(h.Version))
	addLengthsV2(&b, 3*len(h.Ciphers), len(h.SessionID), len(h.Challenge))
	addCiphersV2(&b, h.Ciphers)
	b.AddBytes(h.SessionID)
	b.AddBytes(h.Challenge)
	out, err := b.Bytes()
	return marshalled("SSLv2 client hello", out, err)
}

// CertificateTypeX509 is the only certificate type of ServerHelloV2; 0 comes with a session
// that is resumed.
const CertificateTypeX509 = 1

// ServerHelloV2 is SERVER-HELLO of SSLv2 (Hickman, "The SSL Protocol", 1995).
type ServerHelloV2 struct {
	SessionIDHit    uint8 // not 0 when the session is resumed
	CertificateType uint8
	Version         Version
	Certificate     []byte  // DER
	Ciphers         []Suite // those of the client that the server accepts too; all that it accepts for some servers
	ConnectionID    []byte
}

// ParseServerHelloV2 parses the payload of the record of a SERVER-HELLO, its type included.
// Certificate and ConnectionID alias b. The error is ErrMalformed.
func ParseServerHelloV2(b []byte) (ServerHelloV2, error) {
	var h ServerHelloV2
	var certificateLen, ciphersLen, connectionLen uint16
	s := cryptobyte.String(b)
	if !skipTypeV2(&s, TypeServerHelloV2) {
		return ServerHelloV2{}, malformed("SSLv2 server hello", "type")
	}
	if !s.ReadUint8(&h.SessionIDHit) || !s.ReadUint8(&h.CertificateType) || !readUint16(&s, &h.Version) ||
		!s.ReadUint16(&certificateLen) || !s.ReadUint16(&ciphersLen) || !s.ReadUint16(&connectionLen) {
		return ServerHelloV2{}, malformed("SSLv2 server hello", "version and lengths")
	}
	if !s.ReadBytes(&h.Certificate, int(certificateLen)) {
		return ServerHelloV2{}, malformed("SSLv2 server hello", "certificate")
	}
	if !readCiphersV2(&s, int(ciphersLen), &h.Ciphers) {
		return ServerHelloV2{}, malformed("SSLv2 server hello", "cipher specs")
	}
	if !s.ReadBytes(&h.ConnectionID, int(connectionLen)) || !s.Empty() {
		return ServerHelloV2{}, malformed("SSLv2 server hello", "connection id")
	}
	return h, nil
}

// Marshal returns the message with its type, to be sent as the Payload of a RecordV2. The error
// is a field that does not fit its length.
func (h ServerHelloV2) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddBytes([]byte{byte(TypeServerHelloV2), h.SessionIDHit, h.CertificateType})
	b.AddUint16(uint16(h.Version))
	addLengthsV2(&b, len(h.Certificate), 3*len(h.Ciphers), len(h.ConnectionID))
	b.AddBytes(h.Certificate)
	addCiphersV2(&b, h.Ciphers)
	b.AddBytes(h.ConnectionID)
	out, err := b.Bytes()
	return marshalled("SSLv2 server hello", out, err)
}

func skipTypeV2(s *cryptobyte.String, want MessageTypeV2) bool {
	var t MessageTypeV2
	return readUint8(s, &t) && t == want
}

func readCiphersV2(s *cryptobyte.String, n int, out *[]Suite) bool {
	var specs []byte
	if n%3 != 0 || !s.ReadBytes(&specs, n) {
		return false
	}
	*out = make([]Suite, n/3)
	for i := range *out {
		(*out)[i] = Suite(uint24(specs[3*i:]))
	}
	return true
}

func addCiphersV2(b *cryptobyte.Builder, list []Suite) {
	for _, s := range list {
		if s >= 1<<24 {
			b.SetError(fmt.Errorf("cipher kind %#x has more than 24 bits", uint32(s)))
			return
		}
		b.AddUint24(uint32(s))
	}
}

func addLengthsV2(b *cryptobyte.Builder, lengths ...int) {
	for _, n := range lengths {
		if n > 0xFFFF {
			b.SetError(fmt.Errorf("length %d has more than 16 bits", n))
			return
		}
		b.AddUint16(uint16(n))
	}
}
