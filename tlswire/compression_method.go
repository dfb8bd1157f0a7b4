package tlswire

// CompressionMethod is a compression of records (RFC 3749, Section 2). TLS 1.3
// has none.
type CompressionMethod uint8

// The compression methods.
const (
	CompressionNull    CompressionMethod = 0
	CompressionDEFLATE CompressionMethod = 1  // RFC 3749, Section 2.1
	CompressionLZS     CompressionMethod = 64 // RFC 3943, Section 2
)

var compressionMethodNames = []named[CompressionMethod]{
	{CompressionNull, "NULL"},
	{CompressionDEFLATE, "DEFLATE"},
	{CompressionLZS, "LZS"},
}

// String is "NULL", "DEFLATE", "LZS" or the number ("0x02").
func (m CompressionMethod) String() string {
	return nameOrHex(nameIn(compressionMethodNames, m), m, 2)
}

// MarshalText gives what String gives.
func (m CompressionMethod) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes, or any method as "0x" and
// hexadecimal digits.
func (m *CompressionMethod) UnmarshalText(text []byte) (err error) {
	*m, err = parseCodePoint(text, "compression method", valueIn(compressionMethodNames))
	return err
}
