package tlswire

// AlertDescription is why an alert was sent (RFC 8446, Section 6).
type AlertDescription uint8

// The alert descriptions of SSLv3 and TLS.
const (
	AlertCloseNotify                  AlertDescription = 0
	AlertUnexpectedMessage            AlertDescription = 10
	AlertBadRecordMAC                 AlertDescription = 20
	AlertDecryptionFailed             AlertDescription = 21 // RFC 5246, Section 7.2.2
	AlertRecordOverflow               AlertDescription = 22
	AlertDecompressionFailure         AlertDescription = 30 // RFC 5246, Section 7.2.2
	AlertHandshakeFailure             AlertDescription = 40
	AlertNoCertificate                AlertDescription = 41 // RFC 6101, Section 5.4.2
	AlertBadCertificate               AlertDescription = 42
	AlertUnsupportedCertificate       AlertDescription = 43
	AlertCertificateRevoked           AlertDescription = 44
	AlertCertificateExpired           AlertDescription = 45
	AlertCertificateUnknown           AlertDescription = 46
	AlertIllegalParameter             AlertDescription = 47
	AlertUnknownCA                    AlertDescription = 48
	AlertAccessDenied                 AlertDescription = 49
	AlertDecodeError                  AlertDescription = 50
	AlertDecryptError                 AlertDescription = 51
	AlertTooManyCIDsRequested         AlertDescription = 52 // RFC 9147, Section 10
	AlertExportRestriction            AlertDescription = 60 // RFC 2246, Section 7.2.2
	AlertProtocolVersion              AlertDescription = 70
	AlertInsufficientSecurity         AlertDescription = 71
	AlertInternalError                AlertDescription = 80
	AlertInappropriateFallback        AlertDescription = 86 // RFC 7507, Section 3
	AlertUserCanceled                 AlertDescription = 90
	AlertNoRenegotiation              AlertDescription = 100 // RFC 5246, Section 7.2.2
	AlertMissingExtension             AlertDescription = 109
	AlertUnsupportedExtension         AlertDescription = 110
	AlertCertificateUnobtainable      AlertDescription = 111 // RFC 6066, Section 9
	AlertUnrecognizedName             AlertDescription = 112 // RFC 6066, Section 9
	AlertBadCertificateStatusResponse AlertDescription = 113 // RFC 6066, Section 9
	AlertBadCertificateHashValue      AlertDescription = 114 // RFC 6066, Section 9
	AlertUnknownPSKIdentity           AlertDescription = 115
	AlertCertificateRequired          AlertDescription = 116
	AlertGeneralError                 AlertDescription = 117
	AlertNoApplicationProtocol        AlertDescription = 120 // RFC 7301, Section 3.2
	AlertECHRequired                  AlertDescription = 121 // RFC 9849, Section 5
)

// String is the IANA name ("handshake_failure"), or the number ("0x12").
func (d AlertDescription) String() string {
	return nameOrHex(nameIn(alertDescriptionTable, d), d, 2)
}

// MarshalText gives what String gives.
func (d AlertDescription) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, or any description as "0x" and
// hexadecimal digits.
func (d *AlertDescription) UnmarshalText(text []byte) (err error) {
	*d, err = parseCodePoint(text, "alert description", alertDescriptionByName)
	return err
}

func alertDescriptionByName(name string) (AlertDescription, bool) {
	return lookUp(alertDescriptionNames, name)
}
