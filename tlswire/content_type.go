package tlswire

// ContentType says what a record carries (RFC 8446, Section 5.1).
type ContentType uint8

// The content types.
const (
	ContentChangeCipherSpec ContentType = 20
	ContentAlert            ContentType = 21
	ContentHandshake        ContentType = 22
	ContentApplicationData  ContentType = 23
	ContentHeartbeat        ContentType = 24 // RFC 6520, Section 3
)

var contentTypeNames = []named[ContentType]{
	{ContentChangeCipherSpec, "change_cipher_spec"},
	{ContentAlert, "alert"},
	{ContentHandshake, "handshake"},
	{ContentApplicationData, "application_data"},
	{ContentHeartbeat, "heartbeat"},
}

// String is the IANA name ("handshake"), or the number ("0x80").
func (t ContentType) String() string { return nameOrHex(nameIn(contentTypeNames, t), t, 2) }

// MarshalText gives what String gives.
func (t ContentType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes, or any type as "0x" and
// hexadecimal digits.
func (t *ContentType) UnmarshalText(text []byte) (err error) {
	*t, err = parseCodePoint(text, "content type", valueIn(contentTypeNames))
	return err
}
