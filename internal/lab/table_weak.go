package lab

import (
	"slices"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// classic returns the CBC suites that every server of 2010 had.
func classic() []tlswire.Suite {
	return named("ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES256-SHA", "DHE-RSA-AES128-SHA",
		"AES256-SHA", "AES128-SHA")
}

// kindsV2 returns all cipher kinds of SSLv2 that OpenSSL 0.9.8 had.
func kindsV2() []tlswire.Suite {
	return named("SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "SSL_CK_IDEA_128_CBC_WITH_MD5", "SSL_CK_RC2_128_CBC_WITH_MD5",
		"SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_64_CBC_WITH_MD5", "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
		"SSL_CK_RC4_128_EXPORT40_WITH_MD5")
}

// ancient returns a server of the year 2000 that nobody ever touched again.
func ancient() Server {
	s := Server{Name: "ancient", Title: "everything that was ever wrong: SSLv2 to TLS 1.0, EXPORT, NULL, anonymous, DEFLATE",
		Protocol: starttls.SMTP, Versions: []tlswire.Version{tlswire.SSLv2, tlswire.SSLv3, tlswire.TLS10}}
	old := append(classic()[2:], named("EDH-RSA-DES-CBC3-SHA", "DES-CBC3-SHA", "RC4-SHA", "TLS_RSA_WITH_RC4_128_MD5",
		"ADH-AES128-SHA", "ADH-RC4-MD5", "EDH-RSA-DES-CBC-SHA", "DES-CBC-SHA", "EXP-EDH-RSA-DES-CBC-SHA", "EXP-DES-CBC-SHA",
		"TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "EXP-ADH-RC4-MD5", "NULL-SHA", "TLS_RSA_WITH_NULL_MD5")...)
	s.Suites = suitesOf(old, tlswire.SSLv3, tlswire.TLS10)
	s.Suites[tlswire.SSLv2] = kindsV2()
	s.Preference = PreferClient
	s.Certificates = []Certificate{{Key: RSA1024, Signature: shaOne, SelfSigned: true, Lifetime: 3650 * day, Age: 3000 * day}}
	s.DH = DHParams{P: modSSL512}
	s.Compression = []tlswire.CompressionMethod{1}
	s.Quirks.ClockInRandom, s.Quirks.IgnoreFallbackSCSV = true, true
	s.want("fail", "protocol-sslv2", "protocol-sslv3", "protocol-tls10", "protocol-no-tls12", "rc4", "export",
		"freak", "logjam", "weak-dh", "null", "anon", "des", "cert-weak-key", "sha1-cert", "drown", "poodle")
	s.want("warn", "sweet32", "crime")
	return s
}

// weakServers returns servers with one weakness of protocol, suite or key
// exchange each; the ancient one, which has them all, comes first.
func weakServers() []Server {
	return append([]Server{
		ancient(),
		with("sslv2", "SSLv2 beside current versions", func(s *Server) {
			s.Versions = append(s.Versions, tlswire.SSLv2)
			s.Suites[tlswire.SSLv2] = kindsV2()
			s.want("fail", "protocol-sslv2", "drown")
		}),
		with("sslv2-no-ciphers", "SSLv2 answers, but accepts no cipher (CVE-2015-3197)", func(s *Server) {
			s.Versions = append(s.Versions, tlswire.SSLv2)
			s.Quirks.MasterKeyV2 = KeyUnlisted
			s.want("fail", "protocol-sslv2", "drown")
		}),
		with("sslv3", "SSLv3 beside current versions", func(s *Server) {
			s.Versions = append(s.Versions, tlswire.SSLv3)
			s.Suites[tlswire.SSLv3] = classic()
			s.want("fail", "protocol-sslv3", "poodle")
		}),
		with("sslv3-only", "nothing newer than SSLv3", func(s *Server) {
			s.only(tlswire.SSLv3, classic())
			s.want("fail", "protocol-sslv3", "protocol-no-tls12")
		}),
		with("tls10-only", "nothing newer than TLS 1.0", func(s *Server) {
			s.only(tlswire.TLS10, classic())
			s.want("fail", "protocol-tls10", "protocol-no-tls12")
		}),
		with("tls11", "TLS 1.0 and 1.1 beside current versions", func(s *Server) {
			s.Versions = append(s.Versions, tlswire.TLS11, tlswire.TLS10)
			s.Suites[tlswire.TLS11], s.Suites[tlswire.TLS10] = classic(), classic()
			s.want("fail", "protocol-tls10", "protocol-tls11")
		}),
		with("no-tls13", "TLS 1.2 alone", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS12}
			s.want("warn", "protocol-no-tls13")
		}),
		with("tls13-only", "TLS 1.3 alone", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS13}
			s.want("pass", "protocol-tls10", "protocol-no-tls13")
		}),
	}, slices.Concat(suiteServers(), oldSuiteServers(), exchangeServers())...)
}

// suiteServers returns servers with one weak kind of suite each.
func suiteServers() []Server {
	return []Server{
		with("no-pfs", "RSA key exchange alone", func(s *Server) {
			s.only(tlswire.TLS12, named("AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA", "AES128-SHA"))
			s.Certificates = []Certificate{{Key: RSA2048}}
			s.want("fail", "no-pfs")
		}),
		with("rc4", "RC4 suites", func(s *Server) {
			s.add("ECDHE-RSA-RC4-SHA", "RC4-SHA", "TLS_RSA_WITH_RC4_128_MD5")
			s.want("fail", "rc4")
			s.want("pass", "server-order")
		}),
		with("3des", "3DES suites", func(s *Server) {
			s.add("ECDHE-RSA-DES-CBC3-SHA", "DES-CBC3-SHA")
			s.want("warn", "sweet32")
		}),
		with("des", "single DES", func(s *Server) {
			s.add("EDH-RSA-DES-CBC-SHA", "DES-CBC-SHA")
			s.want("fail", "des")
		}),
		with("export-rsa", "RSA_EXPORT suites (FREAK)", func(s *Server) {
			s.add("EXP-DES-CBC-SHA", "TLS_RSA_EXPORT_WITH_RC4_40_MD5")
			s.want("fail", "export", "freak")
		}),
		with("export-dhe", "DHE_EXPORT suites (Logjam)", func(s *Server) {
			s.add("EXP-EDH-RSA-DES-CBC-SHA")
			s.want("fail", "export", "logjam")
		}),
		with("anon", "anonymous suites beside others", func(s *Server) {
			s.add("AECDH-AES256-SHA", "ADH-AES256-GCM-SHA384", "ADH-AES128-SHA")
			s.want("fail", "anon")
		}),
		with("anon-only", "anonymous suites and no others", func(s *Server) {
			s.only(tlswire.TLS12, named("AECDH-AES256-SHA", "ADH-AES256-GCM-SHA384"))
			s.Certificates = nil
			s.want("fail", "anon", "anon-only")
			s.want("notapplicable", "sha1-signature", "cert-untrusted")
		}),
		with("null", "suites without encryption", func(s *Server) {
			s.add("ECDHE-RSA-NULL-SHA", "NULL-SHA256", "NULL-SHA")
			s.want("fail", "null")
		}),
		with("cbc", "CBC suites up to TLS 1.2", func(s *Server) {
			s.add("ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA")
			s.want("note", "cbc")
			s.want("pass", "lucky13")
		}),
	}
}

// oldSuiteServers returns servers with suites that are out of use rather than broken.
func oldSuiteServers() []Server {
	return []Server{
		with("static-ecdh", "ECDH with the key of the certificate", func(s *Server) {
			s.add("TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256")
			s.want("warn", "static-ecdh")
		}),
		with("static-dh", "Diffie-Hellman with the key of the certificate", func(s *Server) {
			s.add("TLS_DH_RSA_WITH_AES_128_GCM_SHA256")
			s.want("warn", "static-dh")
		}),
		with("rare", "Camellia, ARIA and SEED suites, and CCM with short tags", func(s *Server) {
			s.add("ECDHE-ARIA128-GCM-SHA256", "ECDHE-RSA-CAMELLIA128-SHA256", "TLS_RSA_WITH_SEED_CBC_SHA", "ECDHE-ECDSA-AES128-CCM8")
			s.want("note", "idea-seed-rare", "ccm8")
		}),
		with("weak-client-order", "RC4 beside good suites, in the client's order", func(s *Server) {
			s.add("ECDHE-RSA-RC4-SHA")
			s.Preference = PreferClient
			s.want("warn", "server-order")
		}),
	}
}

// dhe changes a server to DHE suites alone, with the given parameters.
func (s *Server) dhe(d DHParams) {
	s.only(tlswire.TLS12, named("DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-SHA"))
	s.DH = d
}

// exchangeServers returns servers with one weakness of the key exchange each.
func exchangeServers() []Server {
	return []Server{
		with("dh-1024", "DHE with the 1024-bit prime that everybody used", func(s *Server) {
			s.dhe(DHParams{P: oakley2})
			s.want("fail", "weak-dh")
			s.want("warn", "common-prime")
		}),
		with("dh-512", "DHE with 512 bits", func(s *Server) {
			s.dhe(DHParams{P: modSSL512})
			s.want("fail", "weak-dh")
		}),
		with("dh-2048", "DHE with the 2048-bit prime of RFC 3526", func(s *Server) {
			s.dhe(DHParams{P: oakley14})
			s.want("pass", "weak-dh", "dh-unsafe-group", "dh-reuse", "common-prime", "dhe-dos")
			s.want("note", "dhe-tls12")
		}),
		with("dh-3072", "DHE with the 3072-bit prime of RFC 3526", func(s *Server) {
			s.dhe(DHParams{P: oakley15})
			s.want("note", "dhe-dos")
		}),
		with("dh-unsafe", "DHE with a prime that is not safe", func(s *Server) {
			s.dhe(DHParams{P: unsafe1024})
			s.want("fail", "dh-unsafe-group")
		}),
		with("dh-reuse", "the same DH key in every handshake", func(s *Server) {
			s.dhe(DHParams{P: oakley14, Reuse: true})
			s.want("warn", "dh-reuse")
			s.want("note", "raccoon")
		}),
		with("ecdh-reuse", "the same ECDH key in every handshake", func(s *Server) {
			s.ReuseECDH = true
			s.want("note", "ecdh-reuse")
		}),
		with("compression", "DEFLATE compression (CRIME)", func(s *Server) {
			s.Compression = []tlswire.CompressionMethod{1}
			s.want("warn", "crime")
		}),
		with("sha1-signature", "signs the key exchange with SHA-1 alone", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS12}
			s.Schemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1}
			s.want("warn", "sha1-signature")
		}),
		with("md5-signature", "signs the key exchange with MD5 (SLOTH)", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS12}
			s.shows(Certificate{Key: RSA2048})
			s.Schemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1MD5}
			s.want("fail", "md5-signature")
			s.want("note", "rsa-pkcs1-only")
		}),
		with("schemes-ignored", "signs with SHA-1 whatever the client offers", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS12}
			s.Schemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1}
			s.Quirks.IgnoreSchemes = true
			s.want("warn", "sha1-signature", "sigalg-ignored")
		}),
	}
}
