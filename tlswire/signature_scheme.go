package tlswire

import (
	"slices"
	"sort"
)

// SignatureScheme is a value of the signature_algorithms extension. TLS 1.2
// reads it as a hash and a signature algorithm (RFC 5246, Section 7.4.1.4.1),
// TLS 1.3 as one scheme (RFC 8446, Section 4.2.3).
type SignatureScheme uint16

// The signature schemes that code and tests name; the table has them all.
const (
	RSAPKCS1MD5          SignatureScheme = 0x0101
	RSAPKCS1SHA1         SignatureScheme = 0x0201
	DSASHA1              SignatureScheme = 0x0202
	ECDSASHA1            SignatureScheme = 0x0203
	RSAPKCS1SHA224       SignatureScheme = 0x0301
	ECDSASHA224          SignatureScheme = 0x0303
	RSAPKCS1SHA256       SignatureScheme = 0x0401
	DSASHA256            SignatureScheme = 0x0402
	ECDSASecp256r1SHA256 SignatureScheme = 0x0403
	RSAPKCS1SHA384       SignatureScheme = 0x0501
	ECDSASecp384r1SHA384 SignatureScheme = 0x0503
	RSAPKCS1SHA512       SignatureScheme = 0x0601
	ECDSASecp521r1SHA512 SignatureScheme = 0x0603
	RSAPSSRSAESHA256     SignatureScheme = 0x0804
	RSAPSSRSAESHA384     SignatureScheme = 0x0805
	RSAPSSRSAESHA512     SignatureScheme = 0x0806
	Ed25519              SignatureScheme = 0x0807
	Ed448                SignatureScheme = 0x0808
	RSAPSSPSSSHA256      SignatureScheme = 0x0809
	RSAPSSPSSSHA384      SignatureScheme = 0x080A
	RSAPSSPSSSHA512      SignatureScheme = 0x080B
	MLDSA44              SignatureScheme = 0x0904
	MLDSA65              SignatureScheme = 0x0905
	MLDSA87              SignatureScheme = 0x0906
)

// Info gives the attributes of s; false when s is not a known scheme, as
// GREASE values are not.
func (s SignatureScheme) Info() (SignatureSchemeInfo, bool) {
	i := sort.Search(len(signatureSchemeTable), func(i int) bool { return signatureSchemeTable[i].ID >= s })
	if i == len(signatureSchemeTable) || signatureSchemeTable[i].ID != s {
		return SignatureSchemeInfo{}, false
	}
	return signatureSchemeTable[i], true
}

// SignatureSchemes are all known schemes by ascending code point, without
// GREASE. The slice is the caller's.
func SignatureSchemes() []SignatureSchemeInfo { return slices.Clone(signatureSchemeTable) }

// SignatureSchemeByName finds a scheme by its IANA, OpenSSL or GnuTLS name
// ("rsa_pkcs1_sha256", "RSA+SHA256", "RSA-SHA256").
func SignatureSchemeByName(name string) (SignatureScheme, bool) {
	return lookUp(signatureSchemeNames, name)
}

// String is the IANA name ("ecdsa_secp256r1_sha256"), or the number ("0x1234").
func (s SignatureScheme) String() string {
	if info, ok := s.Info(); ok {
		return info.Name
	}
	return nameOrHex(greaseName(uint16(s)), s, 4)
}

// MarshalText gives what String gives.
func (s SignatureScheme) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads any name that SignatureSchemeByName knows, or a number
// as "0x" and hexadecimal digits.
func (s *SignatureScheme) UnmarshalText(text []byte) (err error) {
	*s, err = parseCodePoint(text, "signature scheme", signatureSchemeByName)
	return err
}

func signatureSchemeByName(name string) (SignatureScheme, bool) {
	if value, ok := SignatureSchemeByName(name); ok {
		return value, true
	}
	value, ok := greaseByName(name)
	return SignatureScheme(value), ok
}
