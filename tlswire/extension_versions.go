package tlswire

import "golang.org/x/crypto/cryptobyte"

// SupportedVersions builds the client's supported_versions (RFC 8446, Section 4.2.1).
func SupportedVersions(list []Version) Extension {
	return build(ExtensionSupportedVersions, func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, list) })
	})
}

// ParseSupportedVersions parses what SupportedVersions builds. The error is ErrMalformed.
func ParseSupportedVersions(data []byte) ([]Version, error) {
	return parseUint16List[Version](data, readOpaque8, "supported_versions")
}

// SelectedVersion builds the server's supported_versions, the one version chosen (RFC 8446,
// Section 4.2.1).
func SelectedVersion(v Version) Extension {
	return build(ExtensionSupportedVersions, func(b *cryptobyte.Builder) { b.AddUint16(uint16(v)) })
}

// ParseSelectedVersion parses what SelectedVersion builds. The error is ErrMalformed.
func ParseSelectedVersion(data []byte) (Version, error) {
	return parseOneUint16[Version](data, "supported_versions")
}
