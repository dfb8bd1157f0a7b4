package tlswire

// ExtensionType says what an extension of a hello, certificate or ticket
// message is (RFC 8446, Section 4.2).
type ExtensionType uint16

// The extension types that code and tests name; the table has them all.
const (
	ExtensionServerName              ExtensionType = 0  // RFC 6066, Section 3
	ExtensionMaxFragmentLength       ExtensionType = 1  // RFC 6066, Section 4
	ExtensionStatusRequest           ExtensionType = 5  // RFC 6066, Section 8
	ExtensionSupportedGroups         ExtensionType = 10 // RFC 8422, Section 5.1.1
	ExtensionECPointFormats          ExtensionType = 11 // RFC 8422, Section 5.1.2
	ExtensionSRP                     ExtensionType = 12 // RFC 5054, Section 2.8.1
	ExtensionSignatureAlgorithms     ExtensionType = 13 // RFC 8446, Section 4.2.3
	ExtensionHeartbeat               ExtensionType = 15 // RFC 6520, Section 2
	ExtensionALPN                    ExtensionType = 16 // RFC 7301, Section 3.1
	ExtensionStatusRequestV2         ExtensionType = 17 // RFC 6961, Section 2.2
	ExtensionSCT                     ExtensionType = 18 // RFC 6962, Section 3.3.1
	ExtensionClientCertificateType   ExtensionType = 19 // RFC 7250, Section 3
	ExtensionServerCertificateType   ExtensionType = 20 // RFC 7250, Section 3
	ExtensionPadding                 ExtensionType = 21 // RFC 7685, Section 3
	ExtensionEncryptThenMAC          ExtensionType = 22 // RFC 7366, Section 2
	ExtensionExtendedMasterSecret    ExtensionType = 23 // RFC 7627, Section 5.1
	ExtensionCompressCertificate     ExtensionType = 27 // RFC 8879, Section 3
	ExtensionRecordSizeLimit         ExtensionType = 28 // RFC 8449, Section 4
	ExtensionDelegatedCredential     ExtensionType = 34 // RFC 9345, Section 4.1.1
	ExtensionSessionTicket           ExtensionType = 35 // RFC 5077, Section 3.2
	ExtensionPreSharedKey            ExtensionType = 41 // RFC 8446, Section 4.2.11
	ExtensionEarlyData               ExtensionType = 42 // RFC 8446, Section 4.2.10
	ExtensionSupportedVersions       ExtensionType = 43 // RFC 8446, Section 4.2.1
	ExtensionCookie                  ExtensionType = 44 // RFC 8446, Section 4.2.2
	ExtensionPSKKeyExchangeModes     ExtensionType = 45 // RFC 8446, Section 4.2.9
	ExtensionCertificateAuthorities  ExtensionType = 47 // RFC 8446, Section 4.2.4
	ExtensionOIDFilters              ExtensionType = 48 // RFC 8446, Section 4.2.5
	ExtensionPostHandshakeAuth       ExtensionType = 49 // RFC 8446, Section 4.2.6
	ExtensionSignatureAlgorithmsCert ExtensionType = 50 // RFC 8446, Section 4.2.3
	ExtensionKeyShare                ExtensionType = 51 // RFC 8446, Section 4.2.8
	ExtensionNextProtocolNegotiation ExtensionType = 13172
	ExtensionEncryptedClientHello    ExtensionType = 0xFE0D
	ExtensionRenegotiationInfo       ExtensionType = 0xFF01 // RFC 5746, Section 3.2
)

// String is the IANA name ("server_name"), or the number ("0x1234").
func (t ExtensionType) String() string {
	if name := nameIn(extensionTypeTable, t); name != "" {
		return name
	}
	return nameOrHex(greaseName(uint16(t)), t, 4)
}

// MarshalText gives what String gives.
func (t ExtensionType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes, or any type as "0x" and
// hexadecimal digits.
func (t *ExtensionType) UnmarshalText(text []byte) (err error) {
	*t, err = parseCodePoint(text, "type of extension", extensionTypeByName)
	return err
}

func extensionTypeByName(name string) (ExtensionType, bool) {
	if value, ok := lookUp(extensionTypeNames, name); ok {
		return value, true
	}
	value, ok := greaseByName(name)
	return ExtensionType(value), ok
}
