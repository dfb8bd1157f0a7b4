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
