package tlswire

import "golang.org/x/crypto/cryptobyte"

func uint16ListExtension[T ~uint16](t ExtensionType, list []T) Extension {
	return build(t, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, list) })
	})
}

func uint8ListExtension[T ~uint8](t ExtensionType, list []T) Extension {
	return build(t, func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { addUint8s(b, list) })
	})
}

// SupportedGroups builds supported_groups, in order of preference (RFC 8446, Section 4.2.7; RFC
// 8422, Section 5.1.1).
func SupportedGroups(list []Group) Extension {
	return uint16ListExtension(ExtensionSupportedGroups, list)
}

// ParseSupportedGroups parses what SupportedGroups builds. The error is ErrMalformed.
func ParseSupportedGroups(data []byte) ([]Group, error) {
	return parseUint16List[Group](data, readOpaque16, "supported_groups")
}

// ECPointFormat is a way to write a point of a curve (RFC 8422, Section 5.1.2).
type ECPointFormat uint8

// The point formats.
const (
	PointUncompressed    ECPointFormat = 0
	PointCompressedPrime ECPointFormat = 1 // RFC 4492, Section 5.1.2
	PointCompressedChar2 ECPointFormat = 2 // RFC 4492, Section 5.1.2
)

// ECPointFormats builds ec_point_formats (RFC 8422, Section 5.1.2).
func ECPointFormats(list []ECPointFormat) Extension {
	return uint8ListExtension(ExtensionECPointFormats, list)
}

// ParseECPointFormats parses what ECPointFormats builds. The error is ErrMalformed.
func ParseECPointFormats(data []byte) ([]ECPointFormat, error) {
	return parseUint8List[ECPointFormat](data, "ec_point_formats")
}

// SignatureAlgorithms builds signature_algorithms (RFC 8446, Section 4.2.3; RFC 5246, Section
// 7.4.1.4.1).
func SignatureAlgorithms(list []SignatureScheme) Extension {
	return uint16ListExtension(ExtensionSignatureAlgorithms, list)
}

// SignatureAlgorithmsCert builds signature_algorithms_cert, for the signatures in certificates
// (RFC 8446, Section 4.2.3).
func SignatureAlgorithmsCert(list []SignatureScheme) Extension {
	return uint16ListExtension(ExtensionSignatureAlgorithmsCert, list)
}

// DelegatedCredential builds the client's delegated_credential, the schemes it takes them with
// (RFC 9345, Section 4.1.1).
func DelegatedCredential(list []SignatureScheme) Extension {
	return uint16ListExtension(ExtensionDelegatedCredential, list)
}

// ParseSignatureAlgorithms parses what SignatureAlgorithms, SignatureAlgorithmsCert and
// DelegatedCredential build. The error is ErrMalformed.
func ParseSignatureAlgorithms(data []byte) ([]SignatureScheme, error) {
	return parseUint16List[SignatureScheme](data, readOpaque16, "signature_algorithms")
}

// CertificateCompression is an algorithm of compress_certificate (RFC 8879, Section 7.3).
type CertificateCompression uint16

// The certificate compression algorithms.
const (
	CertificateCompressionZlib   CertificateCompression = 1
	CertificateCompressionBrotli CertificateCompression = 2
	CertificateCompressionZstd   CertificateCompression = 3
)

// CompressCertificate builds compress_certificate (RFC 8879, Section 3).
func CompressCertificate(list []CertificateCompression) Extension {
	return build(ExtensionCompressCertificate, func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, list) })
	})
}

// ParseCompressCertificate parses what CompressCertificate builds. The error is ErrMalformed.
func ParseCompressCertificate(data []byte) ([]CertificateCompression, error) {
	return parseUint16List[CertificateCompression](data, readOpaque8, "compress_certificate")
}

// CertificateAuthorities builds certificate_authorities from names in DER (RFC 8446, Section
// 4.2.4).
func CertificateAuthorities(names [][]byte) Extension {
	return build(ExtensionCertificateAuthorities, func(b *cryptobyte.Builder) { addOpaques16(b, names) })
}

// ParseCertificateAuthorities parses what CertificateAuthorities builds. The names alias data.
// The error is ErrMalformed.
func ParseCertificateAuthorities(data []byte) ([][]byte, error) {
	return parseOpaques(data, readOpaque16, "certificate_authorities")
}
