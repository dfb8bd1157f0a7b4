package tlswire

import "golang.org/x/crypto/cryptobyte"

// KeyShareEntry is one key_share: a public key, or what encapsulates a secret to one (RFC 8446,
// Section 4.2.8).
type KeyShareEntry struct {
	Group Group
	Data  []byte
}

func (e KeyShareEntry) add(b *cryptobyte.Builder) {
	b.AddUint16(uint16(e.Group))
	addOpaque16(b, e.Data)
}

func (e *KeyShareEntry) read(s *cryptobyte.String) bool {
	return readUint16(s, &e.Group) && readOpaque16(s, &e.Data)
}

// KeyShares builds the client's key_share (RFC 8446, Section 4.2.8). An empty list asks the
// server for a HelloRetryRequest.
func KeyShares(list []KeyShareEntry) Extension {
	return build(ExtensionKeyShare, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, e := range list {
				e.add(b)
			}
		})
	})
}

// ParseKeyShares parses what KeyShares builds. The entries alias data. The error is
// ErrMalformed.
func ParseKeyShares(data []byte) ([]KeyShareEntry, error) {
	s, list := cryptobyte.String(data), []KeyShareEntry{}
	var shares cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&shares) || !s.Empty() {
		return nil, malformed("key_share", "list")
	}
	for !shares.Empty() {
		var e KeyShareEntry
		if !e.read(&shares) {
			return nil, malformed("key_share", "entry")
		}
		list = append(list, e)
	}
	return list, nil
}

// ServerKeyShare builds the key_share of a ServerHello (RFC 8446, Section 4.2.8).
func ServerKeyShare(e KeyShareEntry) Extension { return build(ExtensionKeyShare, e.add) }

// ParseServerKeyShare parses what ServerKeyShare builds. The entry aliases data. The error is
// ErrMalformed.
func ParseServerKeyShare(data []byte) (KeyShareEntry, error) {
	var e KeyShareEntry
	s := cryptobyte.String(data)
	if !e.read(&s) || !s.Empty() {
		return KeyShareEntry{}, malformed("key_share", "server share")
	}
	return e, nil
}

// RetryKeyShare builds the key_share of a HelloRetryRequest: the group that the server wants
// (RFC 8446, Section 4.2.8).
func RetryKeyShare(g Group) Extension {
	return build(ExtensionKeyShare, func(b *cryptobyte.Builder) { b.AddUint16(uint16(g)) })
}

// ParseRetryKeyShare parses what RetryKeyShare builds. The error is ErrMalformed.
func ParseRetryKeyShare(data []byte) (Group, error) { return parseOneUint16[Group](data, "key_share") }
