package tlswire

import "encoding/binary"

// FragmentLength is a code of max_fragment_length (RFC 6066, Section 4).
type FragmentLength uint8

// The codes of max_fragment_length.
const (
	FragmentLength512  FragmentLength = 1
	FragmentLength1024 FragmentLength = 2
	FragmentLength2048 FragmentLength = 3
	FragmentLength4096 FragmentLength = 4
)

// MaxFragmentLength builds max_fragment_length (RFC 6066, Section 4). A server that agrees
// sends the same back.
func MaxFragmentLength(code FragmentLength) Extension {
	return Extension{ExtensionMaxFragmentLength, []byte{byte(code)}}
}

// ParseMaxFragmentLength parses what MaxFragmentLength builds. The error is ErrMalformed.
func ParseMaxFragmentLength(data []byte) (FragmentLength, error) {
	return parseOneUint8[FragmentLength](data, "max_fragment_length")
}

// RecordSizeLimit builds record_size_limit, in bytes (RFC 8449, Section 4).
func RecordSizeLimit(limit uint16) Extension {
	return Extension{ExtensionRecordSizeLimit, binary.BigEndian.AppendUint16(nil, limit)}
}

// ParseRecordSizeLimit parses what RecordSizeLimit builds. The error is ErrMalformed.
func ParseRecordSizeLimit(data []byte) (uint16, error) {
	return parseOneUint16[uint16](data, "record_size_limit")
}

// Padding builds padding of n zero bytes (RFC 7685, Section 3). A negative n means 0.
func Padding(n int) Extension { return Extension{ExtensionPadding, make([]byte, max(n, 0))} }

// ParsePadding returns the number of bytes of padding, all of which must be zero. The error is
// ErrMalformed.
func ParsePadding(data []byte) (int, error) {
	for _, v := range data {
		if v != 0 {
			return 0, malformed("padding", "byte other than zero")
		}
	}
	return len(data), nil
}
