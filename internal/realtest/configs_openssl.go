package realtest

import "github.com/mailtls/mailtls/tlswire"

var bothKeys = []Key{RSA, ECDSA}

// The versions of OpenSSL that Debian ships know neither SSLv2, SSLv3, RC4 nor 3DES.
var openSSLConfigs = []Config{
	{"openssl/default", OpenSSL{}},
	{"openssl/default, server order", OpenSSL{ServerOrder: true}},
	{"openssl/default, two certificates", OpenSSL{Keys: bothKeys, ServerOrder: true}},
	{"openssl/old versions without the security level", OpenSSL{Min: tlswire.TLS10}},
	{"openssl/everything", OpenSSL{Min: tlswire.TLS10, Ciphers: "ALL:@SECLEVEL=0"}},
	{"openssl/everything, server order", OpenSSL{Min: tlswire.TLS10, Ciphers: "ALL:@SECLEVEL=0", ServerOrder: true}},
	{"openssl/everything, two certificates", OpenSSL{Keys: bothKeys, Min: tlswire.TLS10, Ciphers: "ALL:@SECLEVEL=0"}},
	{"openssl/everything, two certificates, server order, NULL last", OpenSSL{Keys: bothKeys, Min: tlswire.TLS10,
		Ciphers: "ALL:COMPLEMENTOFALL:@STRENGTH:@SECLEVEL=0", ServerOrder: true}},
	{"openssl/ECDSA", OpenSSL{Keys: []Key{ECDSA}, Min: tlswire.TLS10, Ciphers: "ALL:!aNULL:@SECLEVEL=0", ServerOrder: true}},
	{"openssl/TLS 1.0", OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS10, Ciphers: "ALL:@SECLEVEL=0", ServerOrder: true}},
	{"openssl/TLS 1.1", OpenSSL{Min: tlswire.TLS11, Max: tlswire.TLS11, Ciphers: "ALL:!aNULL:@SECLEVEL=0"}},
	{"openssl/TLS 1.2, odd order", OpenSSL{Min: tlswire.TLS12, Max: tlswire.TLS12, ServerOrder: true,
		Ciphers: "AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-SHA256:AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA"}},
	{"openssl/TLS 1.3", OpenSSL{Min: tlswire.TLS13}},
	{"openssl/TLS 1.3, CCM first", OpenSSL{Min: tlswire.TLS13, ServerOrder: true, CipherSuites: "TLS_AES_128_CCM_8_SHA256:" +
		"TLS_AES_128_CCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"}},
	{"openssl/ChaCha20 for who wants it", OpenSSL{ServerOrder: true, PrioritizeChaCha: true}},
	{"openssl/ChaCha20 for who wants it, two certificates", OpenSSL{Keys: bothKeys, ServerOrder: true, PrioritizeChaCha: true,
		Min: tlswire.TLS10, Ciphers: "HIGH:!aNULL:@SECLEVEL=0"}},
	{"openssl/anonymous", OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Ciphers: "aNULL:@SECLEVEL=0", ServerOrder: true}},
	{"openssl/NULL", OpenSSL{Keys: bothKeys, Min: tlswire.TLS10, Max: tlswire.TLS12, Ciphers: "eNULL:@SECLEVEL=0"}},
	{"openssl/one suite", OpenSSL{Max: tlswire.TLS12, Ciphers: "ECDHE-RSA-CHACHA20-POLY1305"}},
	{"openssl/DHE", OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Ciphers: "kDHE:!aNULL:@SECLEVEL=0", ServerOrder: true}},
	{"openssl/RSA key exchange", OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Ciphers: "kRSA:@SECLEVEL=0"}},
	{"openssl/ARIA, Camellia, CCM", OpenSSL{Keys: bothKeys, Min: tlswire.TLS10, Ciphers: "ARIA:CAMELLIA:AESCCM8:AESCCM:!aNULL:@SECLEVEL=0",
		ServerOrder: true}},
}
