package realtest

// Debian's GnuTLS knows no SSLv3. Its TLS 1.3 goes where anonymous suites come.
var gnuTLSConfigs = []Config{
	{"gnutls/NORMAL", GnuTLS{Priority: "NORMAL"}},
	{"gnutls/NORMAL, server order", GnuTLS{Priority: "NORMAL:%SERVER_PRECEDENCE"}},
	{"gnutls/NORMAL, two certificates", GnuTLS{Keys: bothKeys, Priority: "NORMAL"}},
	{"gnutls/NORMAL, two certificates, server order", GnuTLS{Keys: bothKeys, Priority: "NORMAL:%SERVER_PRECEDENCE"}},
	{"gnutls/ECDSA", GnuTLS{Keys: []Key{ECDSA}, Priority: "NORMAL:%SERVER_PRECEDENCE"}},
	{"gnutls/SECURE128", GnuTLS{Priority: "SECURE128:%SERVER_PRECEDENCE"}},
	{"gnutls/SECURE256", GnuTLS{Keys: bothKeys, Priority: "SECURE256:%SERVER_PRECEDENCE"}},
	{"gnutls/PFS", GnuTLS{Priority: "PFS"}},
	{"gnutls/PERFORMANCE", GnuTLS{Keys: bothKeys, Priority: "PERFORMANCE:%SERVER_PRECEDENCE"}},
	{"gnutls/LEGACY", GnuTLS{Priority: "LEGACY"}},
	{"gnutls/everything", GnuTLS{Keys: bothKeys, Priority: gnuTLSEverything}},
	{"gnutls/everything, server order", GnuTLS{Keys: bothKeys, Priority: gnuTLSEverything + ":%SERVER_PRECEDENCE"}},
	{"gnutls/TLS 1.0", GnuTLS{Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.0:%SERVER_PRECEDENCE"}},
	{"gnutls/TLS 1.1", GnuTLS{Keys: bothKeys, Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.1"}},
	{"gnutls/TLS 1.2", GnuTLS{Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.2:%SERVER_PRECEDENCE"}},
	{"gnutls/TLS 1.3", GnuTLS{Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3"}},
	{"gnutls/TLS 1.3, CCM first", GnuTLS{Priority: "NONE:+VERS-TLS1.3:+AES-128-CCM-8:+AES-128-CCM:+CHACHA20-POLY1305:+AES-128-GCM:" +
		"+AEAD:+SIGN-ALL:+GROUP-ALL:+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE"}},
	{"gnutls/anonymous", GnuTLS{Priority: "NORMAL:-KX-ALL:+ANON-ECDH:+ANON-DH:%SERVER_PRECEDENCE"}},
	{"gnutls/NULL", GnuTLS{Priority: "NORMAL:-CIPHER-ALL:+NULL:+SHA1:+SHA256:-VERS-TLS1.3"}},
	{"gnutls/RC4 and 3DES", GnuTLS{Priority: "NORMAL:-CIPHER-ALL:+ARCFOUR-128:+3DES-CBC:+MD5:-VERS-TLS1.3:%SERVER_PRECEDENCE"}},
	{"gnutls/Camellia", GnuTLS{Keys: bothKeys, Priority: "NORMAL:-CIPHER-ALL:+CAMELLIA-128-GCM:+CAMELLIA-256-GCM:+CAMELLIA-128-CBC:" +
		"+CAMELLIA-256-CBC:+SHA256:-VERS-TLS1.3:%SERVER_PRECEDENCE"}},
	{"gnutls/DHE", GnuTLS{Priority: "NORMAL:-KX-ALL:+DHE-RSA:-VERS-TLS1.3"}},
	{"gnutls/RSA key exchange", GnuTLS{Priority: "NORMAL:-KX-ALL:+RSA:-VERS-TLS1.3:%SERVER_PRECEDENCE"}},
}

const gnuTLSEverything = "NORMAL:+CIPHER-ALL:+CAMELLIA-256-GCM:+CAMELLIA-256-CBC:+CAMELLIA-128-GCM:+CAMELLIA-128-CBC:+AES-256-CCM-8:" +
	"+AES-128-CCM-8:+3DES-CBC:+ARCFOUR-128:+NULL:+SHA256:+SHA384:+MD5:+ANON-ECDH:+ANON-DH"
