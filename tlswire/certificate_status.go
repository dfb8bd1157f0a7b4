package tlswire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// CertificateStatus staples OCSP responses (RFC 6066, Section 8; RFC 6961, Section 2.2). In TLS
// 1.3 it is the data of the status_request extension of a certificate's entry (RFC 8446,
// Section 4.4.2.1).
type CertificateStatus struct {
	Type StatusType
	// Responses are OCSP responses in DER: exactly one for StatusOCSP; for StatusOCSPMulti one
	// for each certificate of the chain, empty where the server has none.
	Responses [][]byte
}

// ParseCertificateStatus parses the body of a certificate_status message. Responses alias b.
// The error is ErrMalformed, also for unknown types.
func ParseCertificateStatus(b []byte) (CertificateStatus, error) {
	const message = "certificate status"
	var c CertificateStatus
	var body []byte
	s := cryptobyte.String(b)
	if !readUint8(&s, &c.Type) || (c.Type != StatusOCSP && c.Type != StatusOCSPMulti) {
		return CertificateStatus{}, malformed(message, "type")
	}
	if !readOpaque24(&s, &body) || !s.Empty() {
		return CertificateStatus{}, malformed(message, "length")
	}
	if c.Type == StatusOCSP {
		c.Responses = [][]byte{body}
		return c, nil
	}
	var ok bool
	if c.Responses, ok = opaques(body, readOpaque24); !ok {
		return CertificateStatus{}, malformed(message, "list of responses")
	}
	return c, nil
}

// Marshal returns the body of the message. The error is an unknown type, a number of responses
// that does not go with it, or responses that do not fit their length.
func (c CertificateStatus) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(uint8(c.Type))
	switch {
	case c.Type == StatusOCSP && len(c.Responses) == 1:
		addOpaque24(&b, c.Responses[0])
	case c.Type == StatusOCSPMulti:
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, r := range c.Responses {
				addOpaque24(b, r)
			}
		})
	default:
		b.SetError(fmt.Errorf("type %d with %d responses", c.Type, len(c.Responses)))
	}
	out, err := b.Bytes()
	return marshalled("certificate status", out, err)
}
