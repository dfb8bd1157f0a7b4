package realtest

var javaConfigs = []Config{
	{"java/today", Java{Versions: []string{"TLSv1.2", "TLSv1.3"}, Suites: javaModern, ServerOrder: true}},
	{"java/today, client order", Java{Versions: []string{"TLSv1.2", "TLSv1.3"}, Suites: javaModern}},
	{"java/today, two certificates", Java{Keys: bothKeys, Versions: []string{"TLSv1.2", "TLSv1.3"}, Suites: javaModern, ServerOrder: true}},
	{"java/ECDSA", Java{Keys: []Key{ECDSA}, Versions: []string{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, Suites: javaModern, ServerOrder: true}},
	{"java/everything", Java{Keys: bothKeys, Versions: javaAll, Suites: javaEverything, ServerOrder: true}},
	{"java/everything, client order", Java{Keys: bothKeys, Versions: javaAll[1:], Suites: javaEverything}},
	{"java/SSLv3", Java{Versions: []string{"SSLv3"}, Suites: javaOld, ServerOrder: true}},
	{"java/TLS 1.0", Java{Versions: []string{"TLSv1"}, Suites: javaOld, ServerOrder: true}},
	{"java/TLS 1.1", Java{Versions: []string{"TLSv1.1"}, Suites: javaOld}},
	{"java/TLS 1.3, ChaCha20 first", Java{Versions: []string{"TLSv1.3"}, ServerOrder: true,
		Suites: []string{"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"}}},
	{"java/anonymous", Java{Versions: []string{"TLSv1", "TLSv1.2"}, Suites: javaAnonymous, ServerOrder: true}},
}

var (
	javaAll = []string{"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

	javaModern = []string{
		"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
		"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
		"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
	}

	javaOld = []string{
		"SSL_RSA_WITH_RC4_128_SHA", "SSL_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
		"SSL_RSA_WITH_RC4_128_MD5", "SSL_RSA_WITH_DES_CBC_SHA", "SSL_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "SSL_RSA_EXPORT_WITH_RC4_40_MD5",
		"SSL_RSA_EXPORT_WITH_DES40_CBC_SHA", "SSL_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA",
	}

	javaAnonymous = []string{
		"TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "TLS_DH_anon_WITH_AES_256_GCM_SHA384", "TLS_DH_anon_WITH_AES_128_CBC_SHA",
		"SSL_DH_anon_WITH_3DES_EDE_CBC_SHA", "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "SSL_DH_anon_WITH_RC4_128_MD5",
	}

	javaEverything = append(append(append([]string(nil), javaOld...), javaModern...), javaAnonymous...)
)
