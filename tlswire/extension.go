package tlswire

import "golang.org/x/crypto/cryptobyte"

// Extension is one extension of a hello, a certificate entry or another message, not yet
// interpreted (RFC 8446, Section 4.2). The functions named after extensions build its Data, the
// Parse functions of the same name read it.
type Extension struct {
	Type ExtensionType
	Data []byte
}

// Find returns the first extension of the given type, or false.
func Find(list []Extension, t ExtensionType) (Extension, bool) {
	for _, e := range list {
		if e.Type == t {
			return e, true
		}
	}
	return Extension{}, false
}

// readExtensions reads a block of extensions with its length. The list is never nil: nil stands
// for a block that is absent.
func readExtensions(s *cryptobyte.String) ([]Extension, bool) {
	var block cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&block) {
		return nil, false
	}
	list := make([]Extension, 0, countExtensions(block))
	for !block.Empty() {
		var e Extension
		if !readUint16(&block, &e.Type) || !readOpaque16(&block, &e.Data) {
			return nil, false
		}
		list = append(list, e)
	}
	return list, true
}

// countExtensions counts those that are whole, so that their list is allocated once.
func countExtensions(block cryptobyte.String) (n int) {
	var e Extension
	for readUint16(&block, &e.Type) && readOpaque16(&block, &e.Data) {
		n++
	}
	return n
}

// readOptionalExtensions reads the block at the end of a hello, which SSLv3 and hellos without
// extensions leave out.
func readOptionalExtensions(s *cryptobyte.String) ([]Extension, bool) {
	if s.Empty() {
		return nil, true
	}
	list, ok := readExtensions(s)
	return list, ok && s.Empty()
}

func addExtensions(b *cryptobyte.Builder, list []Extension) {
	n := extensionsLen(list)
	checkLength(b, n, 1<<16)
	b.AddUint16(uint16(n))
	for _, e := range list {
		b.AddUint16(uint16(e.Type))
		addOpaque16(b, e.Data)
	}
}

// extensionsLen is the length of the block without its own length field.
func extensionsLen(list []Extension) int {
	n := 0
	for _, e := range list {
		n += 4 + len(e.Data)
	}
	return n
}

// build makes an extension out of what fill writes. A value that does not fit its length field
// makes Data longer than any message can carry: builders stay usable inside literals, and the
// mistake comes back as an error from Marshal and never reaches the wire.
func build(t ExtensionType, fill func(*cryptobyte.Builder)) Extension {
	var b cryptobyte.Builder
	fill(&b)
	data, err := b.Bytes()
	if err != nil {
		return Extension{t, make([]byte, 1<<16)}
	}
	return Extension{t, data}
}
