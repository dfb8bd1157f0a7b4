package tlswire

import (
	"encoding/binary"
	"fmt"
)

const (
	// MaxRecordV2 is the most bytes after a 2-byte header of SSLv2, whose length has 15 bits.
	MaxRecordV2 = 1<<15 - 1
	// MaxRecordV2Padded is the most bytes after a 3-byte header of SSLv2, padding included; its
	// length has 14 bits.
	MaxRecordV2Padded = 1<<14 - 1
)

// RecordV2 is one record of SSLv2 (Hickman, "The SSL Protocol", 1995, "SSL Record Header
// Format"). In the clear each record carries one message, and Payload is that message.
type RecordV2 struct {
	Payload []byte // with MAC, once encrypted
	Padding []byte // only with the 3-byte header
	// ThreeByte says that the header has 3 bytes, the form that allows padding and the escape
	// bit.
	ThreeByte bool
	Escape    bool // only with the 3-byte header; the bit was never given a use
}

// ParseRecordV2 reads the SSLv2 record at the start of b and returns it with n, the number of
// bytes it takes. The fields alias b.
//
// Nearly all bytes could start such a record, so whatever may be one of TLS or plain text goes
// through Sniff first. The error is ErrShort when b ends too early, and ErrMalformed for more
// padding than record.
func ParseRecordV2(b []byte) (r RecordV2, n int, err error) {
	if len(b) < 2 {
		return RecordV2{}, 0, fmt.Errorf("parsing SSLv2 record header: %w", ErrShort)
	}
	head := binary.BigEndian.Uint16(b)
	header, length, padding := 2, int(head&MaxRecordV2), 0
	if head&0x8000 == 0 {
		if len(b) < 3 {
			return RecordV2{}, 0, fmt.Errorf("parsing SSLv2 record header: %w", ErrShort)
		}
		header, length, padding = 3, int(head&MaxRecordV2Padded), int(b[2])
		r.ThreeByte, r.Escape = true, head&0x4000 != 0
	}
	if padding > length {
		return RecordV2{}, 0, malformed("SSLv2 record", "padding")
	}
	n = header + length
	if len(b) < n {
		return RecordV2{}, 0, fmt.Errorf("parsing SSLv2 record of %d bytes: %w", length, ErrShort)
	}
	end := n - padding
	r.Payload, r.Padding = b[header:end:end], b[end:n:n]
	return r, n, nil
}

// Append appends the record to b. The error is a length that the header cannot express, or
// padding or the escape bit without ThreeByte.
func (r RecordV2) Append(b []byte) ([]byte, error) {
	length := len(r.Payload) + len(r.Padding)
	if r.ThreeByte {
		return r.appendThreeByte(b, length)
	}
	if length > MaxRecordV2 {
		return nil, fmt.Errorf("marshalling SSLv2 record of %d bytes: %w", length, ErrTooLarge)
	}
	if len(r.Padding) > 0 || r.Escape {
		return nil, fmt.Errorf("marshalling SSLv2 record: padding and escape need the 3-byte header")
	}
	b = binary.BigEndian.AppendUint16(b, uint16(length)|0x8000)
	return append(b, r.Payload...), nil
}

func (r RecordV2) appendThreeByte(b []byte, length int) ([]byte, error) {
	if length > MaxRecordV2Padded || len(r.Padding) > 0xFF {
		return nil, fmt.Errorf("marshalling SSLv2 record of %d bytes: %w", length, ErrTooLarge)
	}
	head := uint16(length)
	if r.Escape {
		head |= 0x4000
	}
	b = append(binary.BigEndian.AppendUint16(b, head), byte(len(r.Padding)))
	return append(append(b, r.Payload...), r.Padding...), nil
}
