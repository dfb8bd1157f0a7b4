package tlswire

import "golang.org/x/crypto/cryptobyte"

// ClientCertificateType is a kind of certificate that a server up to TLS 1.2 accepts (RFC 5246,
// Section 7.4.4; RFC 8422, Section 5.5).
type ClientCertificateType uint8

// The client certificate types in use.
const (
	ClientCertificateRSASign   ClientCertificateType = 1
	ClientCertificateDSSSign   ClientCertificateType = 2
	ClientCertificateECDSASign ClientCertificateType = 64
)

// CertificateRequest asks for a client certificate in SSLv3 to TLS 1.2 (RFC 5246, Section
// 7.4.4).
type CertificateRequest struct {
	Types       []ClientCertificateType
	Schemes     []SignatureScheme // TLS 1.2 only: nil before, not nil there
	Authorities [][]byte          // distinguished names in DER
}

// ParseCertificateRequest parses the body of a certificate_request message of version v, SSLv3
// to TLS 1.2. Authorities alias b. The error is ErrMalformed.
func ParseCertificateRequest(b []byte, v Version) (CertificateRequest, error) {
	const message = "certificate request"
	var r CertificateRequest
	var types, schemes []byte
	s := cryptobyte.String(b)
	if !readOpaque8(&s, &types) {
		return CertificateRequest{}, malformed(message, "certificate types")
	}
	r.Types = uint8s[ClientCertificateType](types)
	if v >= TLS12 {
		ok := readOpaque16(&s, &schemes)
		if !ok {
			return CertificateRequest{}, malformed(message, "signature algorithms")
		}
		if r.Schemes, ok = uint16s[SignatureScheme](schemes); !ok {
			return CertificateRequest{}, malformed(message, "signature algorithms")
		}
	}
	var err error
	r.Authorities, err = parseOpaques(s, readOpaque16, message)
	if err != nil {
		return CertificateRequest{}, err
	}
	return r, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length.
func (r CertificateRequest) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { addUint8s(b, r.Types) })
	if r.Schemes != nil {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, r.Schemes) })
	}
	addOpaques16(&b, r.Authorities)
	out, err := b.Bytes()
	return marshalled("certificate request", out, err)
}

// CertificateRequestTLS13 asks for a client certificate in TLS 1.3 (RFC 8446, Section 4.3.2).
type CertificateRequestTLS13 struct {
	Context    []byte
	Extensions []Extension
}

// ParseCertificateRequestTLS13 parses the body of a certificate_request message of TLS 1.3. The
// fields alias b. The error is ErrMalformed.
func ParseCertificateRequestTLS13(b []byte) (CertificateRequestTLS13, error) {
	var r CertificateRequestTLS13
	s := cryptobyte.String(b)
	if !readOpaque8(&s, &r.Context) {
		return CertificateRequestTLS13{}, malformed("certificate request", "context")
	}
	var ok bool
	if r.Extensions, ok = readExtensions(&s); !ok || !s.Empty() {
		return CertificateRequestTLS13{}, malformed("certificate request", "extensions")
	}
	return r, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length.
func (r CertificateRequestTLS13) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	addOpaque8(&b, r.Context)
	addExtensions(&b, r.Extensions)
	out, err := b.Bytes()
	return marshalled("certificate request", out, err)
}
