package cipherstring

import "strings"

// gnutlsGroups are the words for groups and for curves that GnuTLS 3.7 takes.
func gnutlsGroups() []string {
	shared := strings.Fields("SECP192R1 SECP224R1 SECP256R1 SECP384R1 SECP521R1 X25519 X448")
	groups := strings.Fields("GC256A GC256B GC256C GC256D GC512A GC512B GC512C FFDHE2048 FFDHE3072 FFDHE4096 FFDHE6144 FFDHE8192")
	curves := strings.Fields("ED25519 ED448 CRYPTOPRO-A CRYPTOPRO-XCHA TC26-256-B TC26-512-A")
	out := prefixed("GROUP-", append(groups, shared...))
	return append(out, prefixed("CURVE-", append(curves, shared...))...)
}

// gnutlsSignatures are the words for signature schemes that "gnutls-cli -l" shows.
func gnutlsSignatures() []string {
	return prefixed("SIGN-", strings.Fields(`RSA-SHA256 RSA-SHA384 RSA-SHA512 RSA-PSS-SHA256 RSA-PSS-RSAE-SHA256 RSA-PSS-SHA384 RSA-PSS-RSAE-SHA384
		RSA-PSS-SHA512 RSA-PSS-RSAE-SHA512 EDDSA-ED25519 EDDSA-ED448 ECDSA-SHA256 ECDSA-SHA384 ECDSA-SHA512
		ECDSA-SECP256R1-SHA256 ECDSA-SECP384R1-SHA384 ECDSA-SECP521R1-SHA512 ECDSA-SHA3-224 ECDSA-SHA3-256
		ECDSA-SHA3-384 ECDSA-SHA3-512 RSA-SHA3-224 RSA-SHA3-256 RSA-SHA3-384 RSA-SHA3-512 DSA-SHA3-224 DSA-SHA3-256
		DSA-SHA3-384 DSA-SHA3-512 RSA-RAW RSA-SHA1 RSA-SHA224 RSA-RMD160 DSA-SHA1 DSA-SHA224 DSA-SHA256 RSA-MD5
		RSA-MD2 ECDSA-SHA1 ECDSA-SHA224 GOSTR341012-512 GOSTR341012-256 GOSTR341001 DSA-SHA384 DSA-SHA512`))
}

// gnutlsCertificates are the words for kinds of certificates (GnuTLS manual, "Priority Strings").
func gnutlsCertificates() []string {
	return prefixed("CTYPE-", strings.Fields("X509 X.509 OPENPGP RAWPK CLI-X509 SRV-X509 CLI-RAWPK SRV-RAWPK"))
}

// prefixed returns words with prefix before each.
func prefixed(prefix string, words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = prefix + w
	}
	return out
}
