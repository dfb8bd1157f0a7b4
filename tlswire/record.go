package tlswire

import (
	"encoding/binary"
	"fmt"
)

const (
	// RecordHeaderLen is the length in bytes of the header of a record: type, version, length.
	RecordHeaderLen = 5
	// MaxPlaintext is the most payload bytes of a record in the clear (RFC 8446, Section 5.1).
	MaxPlaintext = 1 << 14
	// MaxCiphertext is the most payload bytes that any version allows in a record (RFC 5246,
	// Section 6.2.3); TLS 1.3 stays 1792 bytes below.
	MaxCiphertext = MaxPlaintext + 2048
)

// Record is one record of SSLv3 or TLS 1.0 to 1.3 (RFC 8446, Section 5.1). Payload is a piece
// of the stream of its content type, or ciphertext.
type Record struct {
	Type    ContentType
	Version Version // as on the wire; says little about the version negotiated
	Payload []byte
}

// ParseRecord reads the record at the start of b and returns it with n, the number of bytes it
// takes. Payload aliases b. Empty payloads are allowed.
//
// The error is ErrShort when b ends too early, ErrNotTLS as soon as the first bytes cannot
// start a record, and ErrTooLarge when more than MaxCiphertext bytes are announced.
func ParseRecord(b []byte) (r Record, n int, err error) {
	if !startsRecord(b) {
		return Record{}, 0, fmt.Errorf("parsing record that starts with %q: %w", b[:min(len(b), 16)], ErrNotTLS)
	}
	if len(b) < RecordHeaderLen {
		return Record{}, 0, fmt.Errorf("parsing record header: %w", ErrShort)
	}
	length := int(binary.BigEndian.Uint16(b[3:]))
	if length > MaxCiphertext {
		return Record{}, 0, fmt.Errorf("parsing record of %d bytes: %w", length, ErrTooLarge)
	}
	n = RecordHeaderLen + length
	if len(b) < n {
		return Record{}, 0, fmt.Errorf("parsing record payload: %w", ErrShort)
	}
	return Record{ContentType(b[0]), Version(binary.BigEndian.Uint16(b[1:])), b[RecordHeaderLen:n:n]}, n, nil
}

// startsRecord tells whether b, which may be cut short, can be the start of a record: one of
// the five content types and a version with major number 3.
func startsRecord(b []byte) bool {
	if len(b) > 0 && (b[0] < byte(ContentChangeCipherSpec) || b[0] > byte(ContentHeartbeat)) {
		return false
	}
	return len(b) < 2 || b[1] == 3
}

// Append appends the record to b. The only error is a payload that its 16-bit length cannot
// express: payloads above MaxCiphertext, which peers must refuse, can be written to see whether
// they do.
func (r Record) Append(b []byte) ([]byte, error) {
	if len(r.Payload) > 0xFFFF {
		return nil, fmt.Errorf("marshalling record of %d bytes: %w", len(r.Payload), ErrTooLarge)
	}
	b = append(b, byte(r.Type))
	b = binary.BigEndian.AppendUint16(b, uint16(r.Version))
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.Payload)))
	return append(b, r.Payload...), nil
}

// RecordFragments splits payload into pieces of size bytes, the last one shorter, which alias
// payload. A size below 1 or above MaxPlaintext means MaxPlaintext. An empty payload is one
// empty piece.
func RecordFragments(payload []byte, size int) [][]byte {
	if size < 1 || size > MaxPlaintext {
		size = MaxPlaintext
	}
	pieces := make([][]byte, 0, len(payload)/size+1)
	for len(payload) > size {
		pieces = append(pieces, payload[:size:size])
		payload = payload[size:]
	}
	return append(pieces, payload)
}

// AppendRecords appends payload to b as records of at most size bytes each, split as by
// RecordFragments.
func AppendRecords(b []byte, t ContentType, v Version, payload []byte, size int) []byte {
	for _, piece := range RecordFragments(payload, size) {
		// A piece is at most MaxPlaintext bytes long, which Append never refuses.
		b, _ = Record{t, v, piece}.Append(b)
	}
	return b
}
