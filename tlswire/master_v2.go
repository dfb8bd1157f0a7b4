package tlswire

import "golang.org/x/crypto/cryptobyte"

// The SSLv2 messages in which a key is agreed on. The latter is sent under that key.
const (
	TypeClientMasterKeyV2 MessageTypeV2 = 2
	TypeServerVerifyV2    MessageTypeV2 = 5
)

// ClientMasterKeyV2 is CLIENT-MASTER-KEY of SSLv2 (Hickman, "The SSL Protocol", 1995).
type ClientMasterKeyV2 struct {
	Cipher    Suite  // cipher kind
	Clear     []byte // the part of the key that is sent as it is: with export kinds alone
	Encrypted []byte // the rest, under the server's RSA key
	KeyArg    []byte // initialization vector of block ciphers
}

// ParseClientMasterKeyV2 parses the payload of the record of a CLIENT-MASTER-KEY, its type included. The slices alias b. The
// error is ErrMalformed.
func ParseClientMasterKeyV2(b []byte) (ClientMasterKeyV2, error) {
	var m ClientMasterKeyV2
	var kind []byte
	var clear, encrypted, arg uint16
	s := cryptobyte.String(b)
	if !skipTypeV2(&s, TypeClientMasterKeyV2) || !s.ReadBytes(&kind, 3) {
		return ClientMasterKeyV2{}, malformed("SSLv2 client master key", "type and cipher kind")
	}
	m.Cipher = Suite(uint24(kind))
	if !s.ReadUint16(&clear) || !s.ReadUint16(&encrypted) || !s.ReadUint16(&arg) {
		return ClientMasterKeyV2{}, malformed("SSLv2 client master key", "lengths")
	}
	if !s.ReadBytes(&m.Clear, int(clear)) || !s.ReadBytes(&m.Encrypted, int(encrypted)) || !s.ReadBytes(&m.KeyArg, int(arg)) || !s.Empty() {
		return ClientMasterKeyV2{}, malformed("SSLv2 client master key", "keys")
	}
	return m, nil
}

// Marshal returns the message with its type, to be sent as the Payload of a RecordV2. The error is a field that does not fit.
func (m ClientMasterKeyV2) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(uint8(TypeClientMasterKeyV2))
	addCiphersV2(&b, []Suite{m.Cipher})
	addLengthsV2(&b, len(m.Clear), len(m.Encrypted), len(m.KeyArg))
	b.AddBytes(m.Clear)
	b.AddBytes(m.Encrypted)
	b.AddBytes(m.KeyArg)
	out, err := b.Bytes()
	return marshalled("SSLv2 client master key", out, err)
}
