package tlswire

// KeyExchange is how a suite agrees on the premaster secret. What signs or
// encrypts it is the suite's Auth: DHE with AuthPSK is DHE_PSK, DHE with
// AuthAnon is DH_anon.
type KeyExchange string

// The key exchanges. KeyExchangeAny is that of the TLS 1.3 suites, which leave
// the choice to the supported_groups and PSK extensions (RFC 8446,
// Section 4.1.1).
const (
	KeyExchangeAny      KeyExchange = "any"
	KeyExchangeNull     KeyExchange = "NULL"
	KeyExchangeRSA      KeyExchange = "RSA"
	KeyExchangeDH       KeyExchange = "DH"    // static: the key is in the certificate
	KeyExchangeDHE      KeyExchange = "DHE"   // ephemeral, anonymous ones included
	KeyExchangeECDH     KeyExchange = "ECDH"  // static
	KeyExchangeECDHE    KeyExchange = "ECDHE" // ephemeral, anonymous ones included
	KeyExchangePSK      KeyExchange = "PSK"
	KeyExchangeSRP      KeyExchange = "SRP"
	KeyExchangeKRB5     KeyExchange = "KRB5"
	KeyExchangeECCPWD   KeyExchange = "ECCPWD"
	KeyExchangeFortezza KeyExchange = "FORTEZZA-KEA"
	KeyExchangeCECPQ1   KeyExchange = "CECPQ1"
	KeyExchangeGOST94   KeyExchange = "VKO-GOST94"
	KeyExchangeGOST2001 KeyExchange = "VKO-GOST2001"
	KeyExchangeGOST2012 KeyExchange = "VKO-GOST2012"
)

// Auth is what proves who the server is.
type Auth string

// The ways of authentication. AuthAny is that of the TLS 1.3 suites.
const (
	AuthAny      Auth = "any"
	AuthNull     Auth = "NULL"
	AuthAnon     Auth = "anon"
	AuthRSA      Auth = "RSA"
	AuthDSS      Auth = "DSS"
	AuthECDSA    Auth = "ECDSA" // EdDSA certificates included (RFC 8422, Section 5.10)
	AuthPSK      Auth = "PSK"
	AuthRSAPSK   Auth = "PSK+RSA"
	AuthSRP      Auth = "SRP"
	AuthKRB5     Auth = "KRB5"
	AuthECCPWD   Auth = "ECCPWD"
	AuthKEA      Auth = "KEA"
	AuthGOST94   Auth = "GOST94"
	AuthGOST2001 Auth = "GOST2001"
	AuthGOST2012 Auth = "GOST2012"
)

// Cipher is what encrypts the records.
type Cipher string

// The ciphers.
const (
	CipherNull       Cipher = "NULL"
	CipherRC2        Cipher = "RC2"
	CipherRC4        Cipher = "RC4"
	CipherDES40      Cipher = "DES40"
	CipherDES        Cipher = "DES"
	Cipher3DES       Cipher = "3DES"
	CipherIDEA       Cipher = "IDEA"
	CipherSkipjack   Cipher = "SKIPJACK"
	CipherAES        Cipher = "AES"
	CipherCamellia   Cipher = "CAMELLIA"
	CipherARIA       Cipher = "ARIA"
	CipherSEED       Cipher = "SEED"
	CipherSM4        Cipher = "SM4"
	CipherChaCha20   Cipher = "CHACHA20-POLY1305"
	CipherAEGIS128L  Cipher = "AEGIS-128L"
	CipherAEGIS256   Cipher = "AEGIS-256"
	CipherAscon      Cipher = "ASCON-AEAD128"
	CipherGOST89     Cipher = "GOST28147-89"
	CipherMagma      Cipher = "MAGMA"
	CipherKuznyechik Cipher = "KUZNYECHIK"
)

// Mode is how the cipher is run over a record.
type Mode string

// The modes.
const (
	ModeNone     Mode = "NONE"
	ModeStream   Mode = "STREAM"
	ModeCBC      Mode = "CBC"
	ModeCFB64    Mode = "CFB64"
	ModeCTR      Mode = "CTR"
	ModeCNT      Mode = "CNT" // counter mode of GOST 28147-89
	ModeGCM      Mode = "GCM"
	ModeCCM      Mode = "CCM"
	ModeCCM8     Mode = "CCM8" // CCM with a tag of 8 bytes
	ModeMGM      Mode = "MGM"
	ModePoly1305 Mode = "AEAD-STREAM"
	ModeAEGIS    Mode = "AEGIS"
	ModeAscon    Mode = "ASCON"
)

// MAC is what protects the integrity of the records.
type MAC string

// The MACs; all hashes are used as HMAC, in SSL in its precursors.
const (
	MACNull     MAC = "NULL"
	MACAEAD     MAC = "AEAD" // the mode does it
	MACMD5      MAC = "MD5"
	MACSHA1     MAC = "SHA1"
	MACSHA256   MAC = "SHA256"
	MACSHA384   MAC = "SHA384"
	MACGOST89   MAC = "GOST28147-IMIT"
	MACGOST94   MAC = "GOSTR3411-94"
	MACOMAC     MAC = "OMAC"
	MACStreebog MAC = "STREEBOG256"
)

// PRF is the hash from which keys are derived.
type PRF string

// The PRFs. PRFLegacy is that of suites older than TLS 1.2: MD5 and SHA-1
// together up to TLS 1.1, SHA-256 in TLS 1.2 (RFC 5246, Section 5).
const (
	PRFLegacy   PRF = "MD5+SHA1/SHA256"
	PRFMD5      PRF = "MD5" // SSLv2
	PRFSHA256   PRF = "SHA256"
	PRFSHA384   PRF = "SHA384"
	PRFSHA512   PRF = "SHA512"
	PRFSM3      PRF = "SM3"
	PRFAscon    PRF = "ASCONHASH256"
	PRFGOST94   PRF = "GOSTR3411-94"
	PRFStreebog PRF = "STREEBOG256"
)
