package tlswire

// HandshakeType says what a handshake message is (RFC 8446, Section 4).
type HandshakeType uint8

// The handshake message types.
const (
	TypeHelloRequest          HandshakeType = 0 // RFC 5246, Section 7.4.1.1
	TypeClientHello           HandshakeType = 1
	TypeServerHello           HandshakeType = 2
	TypeHelloVerifyRequest    HandshakeType = 3 // RFC 6347, Section 4.2.1
	TypeNewSessionTicket      HandshakeType = 4
	TypeEndOfEarlyData        HandshakeType = 5
	TypeHelloRetryRequest     HandshakeType = 6 // drafts of TLS 1.3 alone
	TypeEncryptedExtensions   HandshakeType = 8
	TypeCertificate           HandshakeType = 11
	TypeServerKeyExchange     HandshakeType = 12 // RFC 5246, Section 7.4.3
	TypeCertificateRequest    HandshakeType = 13
	TypeServerHelloDone       HandshakeType = 14 // RFC 5246, Section 7.4.5
	TypeCertificateVerify     HandshakeType = 15
	TypeClientKeyExchange     HandshakeType = 16 // RFC 5246, Section 7.4.7
	TypeFinished              HandshakeType = 20
	TypeCertificateURL        HandshakeType = 21 // RFC 6066, Section 5
	TypeCertificateStatus     HandshakeType = 22 // RFC 6066, Section 8
	TypeSupplementalData      HandshakeType = 23 // RFC 4680, Section 2
	TypeKeyUpdate             HandshakeType = 24
	TypeCompressedCertificate HandshakeType = 25 // RFC 8879, Section 4
	TypeNextProtocol          HandshakeType = 67 // draft-agl-tls-nextprotoneg-04
	TypeMessageHash           HandshakeType = 254
)

var handshakeTypeNames = []named[HandshakeType]{
	{TypeHelloRequest, "hello_request"},
	{TypeClientHello, "client_hello"},
	{TypeServerHello, "server_hello"},
	{TypeHelloVerifyRequest, "hello_verify_request"},
	{TypeNewSessionTicket, "new_session_ticket"},
	{TypeEndOfEarlyData, "end_of_early_data"},
	{TypeHelloRetryRequest, "hello_retry_request"},
	{TypeEncryptedExtensions, "encrypted_extensions"},
	{TypeCertificate, "certificate"},
	{TypeServerKeyExchange, "server_key_exchange"},
	{TypeCertificateRequest, "certificate_request"},
	{TypeServerHelloDone, "server_hello_done"},
	{TypeCertificateVerify, "certificate_verify"},
	{TypeClientKeyExchange, "client_key_exchange"},
	{TypeFinished, "finished"},
	{TypeCertificateURL, "certificate_url"},
	{TypeCertificateStatus, "certificate_status"},
	{TypeSupplementalData, "supplemental_data"},
	{TypeKeyUpdate, "key_update"},
	{TypeCompressedCertificate, "compressed_certificate"},
	{TypeNextProtocol, "next_protocol"},
	{TypeMessageHash, "message_hash"},
}

// String is the IANA name ("client_hello"), or the number ("0x80").
func (t HandshakeType) String() string { return nameOrHex(nameIn(handshakeTypeNames, t), t, 2) }

// MarshalText gives what String gives.
func (t HandshakeType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes, or any type as "0x" and
// hexadecimal digits.
func (t *HandshakeType) UnmarshalText(text []byte) (err error) {
	*t, err = parseCodePoint(text, "handshake type", valueIn(handshakeTypeNames))
	return err
}
