package tlswire

import "golang.org/x/crypto/cryptobyte"

// CertificateVerify signs the handshake so far: the client's in SSLv3 to TLS 1.2 (RFC 5246,
// Section 7.4.8), either side's in TLS 1.3 (RFC 8446, Section 4.4.3).
type CertificateVerify struct {
	Scheme    SignatureScheme // from TLS 1.2 on; 0 means absent
	Signature []byte
}

// ParseCertificateVerify parses the body of a certificate_verify message of version v.
// Signature aliases b. The error is ErrMalformed.
func ParseCertificateVerify(b []byte, v Version) (CertificateVerify, error) {
	var c CertificateVerify
	s := cryptobyte.String(b)
	if v >= TLS12 && (!readUint16(&s, &c.Scheme) || c.Scheme == 0) {
		return CertificateVerify{}, malformed("certificate verify", "scheme")
	}
	if !readOpaque16(&s, &c.Signature) || !s.Empty() {
		return CertificateVerify{}, malformed("certificate verify", "signature")
	}
	return c, nil
}

// Marshal returns the body of the message. The error is a signature that does not fit its
// length.
func (c CertificateVerify) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	if c.Scheme != 0 {
		b.AddUint16(uint16(c.Scheme))
	}
	addOpaque16(&b, c.Signature)
	out, err := b.Bytes()
	return marshalled("certificate verify", out, err)
}
