package tlswire

import "golang.org/x/crypto/cryptobyte"

// EncryptedExtensions are the server's extensions in TLS 1.3 that need not be in its hello (RFC
// 8446, Section 4.3.1).
type EncryptedExtensions struct {
	Extensions []Extension
}

// ParseEncryptedExtensions parses the body of an encrypted_extensions message. The extensions
// alias b. The error is ErrMalformed.
func ParseEncryptedExtensions(b []byte) (EncryptedExtensions, error) {
	s := cryptobyte.String(b)
	list, ok := readExtensions(&s)
	if !ok || !s.Empty() {
		return EncryptedExtensions{}, malformed("encrypted extensions", "extensions")
	}
	return EncryptedExtensions{list}, nil
}

// Marshal returns the body of the message. The error is a field that does not fit its length.
func (e EncryptedExtensions) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	addExtensions(&b, e.Extensions)
	out, err := b.Bytes()
	return marshalled("encrypted extensions", out, err)
}
