package tlswire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// CompressedCertificate stands for the certificate message of TLS 1.3 where both sides agreed
// to compress it (RFC 8879, Section 4).
type CompressedCertificate struct {
	Algorithm  CertificateCompression
	Length     int // bytes of the certificate message before compression, as the peer claims
	Compressed []byte
}

// ParseCompressedCertificate parses the body of a compressed_certificate message. Compressed
// aliases b. The error is ErrMalformed.
func ParseCompressedCertificate(b []byte) (CompressedCertificate, error) {
	var c CompressedCertificate
	var length uint32
	s := cryptobyte.String(b)
	if !readUint16(&s, &c.Algorithm) || !s.ReadUint24(&length) {
		return CompressedCertificate{}, malformed("compressed certificate", "algorithm and length")
	}
	c.Length = int(length)
	if !readOpaque24(&s, &c.Compressed) || !s.Empty() {
		return CompressedCertificate{}, malformed("compressed certificate", "body")
	}
	return c, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length.
func (c CompressedCertificate) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint16(uint16(c.Algorithm))
	if c.Length < 0 || c.Length >= 1<<24 {
		b.SetError(fmt.Errorf("length %d does not fit 24 bits", c.Length))
	}
	b.AddUint24(uint32(c.Length))
	addOpaque24(&b, c.Compressed)
	out, err := b.Bytes()
	return marshalled("compressed certificate", out, err)
}
