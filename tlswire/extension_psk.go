package tlswire

import "golang.org/x/crypto/cryptobyte"

// PSKMode is a way to use a pre-shared key (RFC 8446, Section 4.2.9).
type PSKMode uint8

// The modes of psk_key_exchange_modes.
const (
	PSKOnly    PSKMode = 0 // psk_ke
	PSKWithDHE PSKMode = 1 // psk_dhe_ke
)

// PSKKeyExchangeModes builds psk_key_exchange_modes (RFC 8446, Section 4.2.9). Many servers
// send no tickets to a client without it.
func PSKKeyExchangeModes(list []PSKMode) Extension {
	return uint8ListExtension(ExtensionPSKKeyExchangeModes, list)
}

// ParsePSKKeyExchangeModes parses what PSKKeyExchangeModes builds. The error is ErrMalformed.
func ParsePSKKeyExchangeModes(data []byte) ([]PSKMode, error) {
	return parseUint8List[PSKMode](data, "psk_key_exchange_modes")
}

// PSKIdentity names one pre-shared key; for a resumption it is the ticket (RFC 8446, Section
// 4.2.11).
type PSKIdentity struct {
	Identity            []byte
	ObfuscatedTicketAge uint32 // milliseconds plus the ticket's AgeAdd, modulo 2^32
}

// OfferedPSKs is the client's pre_shared_key (RFC 8446, Section 4.2.11). Well-formed messages
// have a binder for each identity.
type OfferedPSKs struct {
	Identities []PSKIdentity
	Binders    [][]byte
}

// PreSharedKey builds the client's pre_shared_key, which has to be the last extension of the
// hello (RFC 8446, Section 4.2.11).
func PreSharedKey(o OfferedPSKs) Extension {
	return build(ExtensionPreSharedKey, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, id := range o.Identities {
				addOpaque16(b, id.Identity)
				b.AddUint32(id.ObfuscatedTicketAge)
			}
		})
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, binder := range o.Binders {
				addOpaque8(b, binder)
			}
		})
	})
}

// ParsePreSharedKey parses what PreSharedKey builds. The fields alias data. The error is
// ErrMalformed.
func ParsePreSharedKey(data []byte) (OfferedPSKs, error) {
	o := OfferedPSKs{Identities: []PSKIdentity{}}
	var identities, binders cryptobyte.String
	s := cryptobyte.String(data)
	if !s.ReadUint16LengthPrefixed(&identities) || !s.ReadUint16LengthPrefixed(&binders) || !s.Empty() {
		return OfferedPSKs{}, malformed("pre_shared_key", "lists")
	}
	for !identities.Empty() {
		var id PSKIdentity
		if !readOpaque16(&identities, &id.Identity) || !identities.ReadUint32(&id.ObfuscatedTicketAge) {
			return OfferedPSKs{}, malformed("pre_shared_key", "identity")
		}
		o.Identities = append(o.Identities, id)
	}
	var ok bool
	if o.Binders, ok = opaques(binders, readOpaque8); !ok {
		return OfferedPSKs{}, malformed("pre_shared_key", "binder")
	}
	return o, nil
}

// SelectedPSK builds the server's pre_shared_key: the index of the identity chosen (RFC 8446,
// Section 4.2.11).
func SelectedPSK(index uint16) Extension {
	return build(ExtensionPreSharedKey, func(b *cryptobyte.Builder) { b.AddUint16(index) })
}

// ParseSelectedPSK parses what SelectedPSK builds. The error is ErrMalformed.
func ParseSelectedPSK(data []byte) (uint16, error) {
	return parseOneUint16[uint16](data, "pre_shared_key")
}
