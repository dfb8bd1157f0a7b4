package tlswire

import "golang.org/x/crypto/cryptobyte"

// ErrorCodeV2 is the reason of an ErrorV2 (Hickman, "The SSL Protocol", 1995).
type ErrorCodeV2 uint16

// The error codes of SSLv2.
const (
	ErrorV2NoCipher                   ErrorCodeV2 = 1
	ErrorV2NoCertificate              ErrorCodeV2 = 2
	ErrorV2BadCertificate             ErrorCodeV2 = 4
	ErrorV2UnsupportedCertificateType ErrorCodeV2 = 6
)

// ErrorV2 is ERROR of SSLv2, which ends the connection.
type ErrorV2 struct {
	Code ErrorCodeV2
}

// ParseErrorV2 parses the payload of the record of an ERROR, its type included. The error is
// ErrMalformed.
func ParseErrorV2(b []byte) (ErrorV2, error) {
	var e ErrorV2
	s := cryptobyte.String(b)
	if !skipTypeV2(&s, TypeErrorV2) || !readUint16(&s, &e.Code) || !s.Empty() {
		return ErrorV2{}, malformed("SSLv2 error", "type and code")
	}
	return e, nil
}

// Marshal returns the message with its type, to be sent as the Payload of a RecordV2. The error
// is always nil.
func (e ErrorV2) Marshal() ([]byte, error) {
	return []byte{byte(TypeErrorV2), byte(e.Code >> 8), byte(e.Code)}, nil
}
