package tlswire

// SignatureSchemeInfo are the attributes of a signature scheme.
type SignatureSchemeInfo struct {
	ID      SignatureScheme
	Name    string // IANA; for pairs of TLS 1.2 alone made up in its style ("rsa_md5")
	OpenSSL string // as in its sigalgs lists; empty where OpenSSL has none
	GnuTLS  string // without the "SIGN-" of priority strings; empty where GnuTLS has none

	Signature string // "RSA-PKCS1", "RSA-PSS", "ECDSA", "EdDSA", "DSA", "ML-DSA" …
	Key       string // of the certificate: "RSA", "RSA-PSS", "ECDSA", "EdDSA", "DSA" …
	Hash      string // "SHA256" …; empty where the scheme has its own
	Curve     string // the group TLS 1.3 demands of an ECDSA or SM2 key; empty for others

	TLS12        bool // may sign ServerKeyExchange (RFC 5246, Section 7.4.3)
	TLS13        bool // may sign a server's CertificateVerify (RFC 8446, Section 4.4.3)
	Certificates bool // may sign certificates
	Deprecated   bool // MD5, SHA-1, SHA-224 and DSA (RFC 9155; RFC 8446, Section 4.2.3)

	Recommended string // IANA: "Y", "N", "-" (not listed) or "?" (not known)
}
