package lab

import (
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// strongServers returns servers that pass everything, one for each protocol, and
// a likeness of Debian's Postfix.
func strongServers() []Server {
	var list []Server
	for _, p := range starttls.Protocols() {
		s := base("strong-"+string(p), "TLS 1.2 and 1.3 as it should be, over "+string(p))
		if p == starttls.SMTP {
			s.Name = "strong"
		}
		s.Protocol = p
		s.want("pass", "protocol-sslv2", "protocol-sslv3", "protocol-tls10", "protocol-tls11", "protocol-no-tls12",
			"protocol-no-tls13", "no-pfs", "rc4", "sweet32", "export", "null", "anon", "crime", "cert-expired",
			"cert-hostname", "cert-weak-key", "sha1-cert", "md5-cert", "freak", "logjam", "anon-only", "static-dh", "static-ecdh",
			"dhe-tls12", "idea-seed-rare", "ccm8", "server-order", "ecdh-reuse", "weak-curve", "deprecated-curve", "no-pqc",
			"pq-draft-only", "downgrade-sentinel-missing", "no-extended-master-secret", "lucky13", "version-intolerance",
			"grease-intolerance", "md5-signature", "sigalg-ignored", "rsa-pkcs1-only", "chain-incomplete", "chain-order", "chain-extra",
			"chain-expired-extra", "cert-eku", "cert-ku", "cert-wildcard", "sni-required", "cert-validity-too-long", "roca",
			"fermat", "rsa-exponent", "debian-weak-key", "shared-key-known", "cert-single-type", "ocsp-must-staple", "ocsp-stapling-missing")
		list = append(list, s)
	}
	return append(list, postfixDebian())
}

// postfixDebian returns a server with the TLS of Debian 12's Postfix 3.7 as it
// ships: TLS 1.0 to 1.3, anonymous suites, the client's order. In TLS 1.0 and 1.1
// it has 16 suites, in TLS 1.2 56.
func postfixDebian() Server {
	s := base("postfix-debian", "Postfix as Debian 12 ships it: TLS 1.0 to 1.3, anonymous suites")
	s.Versions = []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12, tlswire.TLS13}
	s.Suites = suitesOf(append(tls13(), postfixSuites()...), s.Versions...)
	s.Preference = PreferClient
	s.Groups.ClientOrder = true
	s.Groups.Classic = []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.X448, tlswire.Secp521r1, tlswire.Secp384r1}
	s.Groups.TLS13 = s.Groups.Classic
	s.Certificates = []Certificate{{Key: RSA2048, SelfSigned: true, Lifetime: 3650 * day}}
	s.Schemes = oldSchemes()
	s.Extensions.Staple = false
	s.want("fail", "protocol-tls10", "protocol-tls11", "anon")
	return s
}

// postfixSuites returns what OpenSSL 3.0 makes of Postfix's cipher list
// "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH" with an RSA certificate.
func postfixSuites() []tlswire.Suite {
	return named(
		"ADH-AES256-GCM-SHA384", "ADH-AES256-SHA256", "ADH-CAMELLIA256-SHA256", "AECDH-AES256-SHA", "ADH-AES256-SHA",
		"ADH-CAMELLIA256-SHA", "ECDHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
		"DHE-RSA-CHACHA20-POLY1305", "DHE-RSA-AES256-CCM8", "DHE-RSA-AES256-CCM", "ECDHE-ARIA256-GCM-SHA384",
		"DHE-RSA-ARIA256-GCM-SHA384", "ECDHE-RSA-AES256-SHA384", "DHE-RSA-AES256-SHA256", "ECDHE-RSA-CAMELLIA256-SHA384",
		"DHE-RSA-CAMELLIA256-SHA256", "ECDHE-RSA-AES256-SHA", "DHE-RSA-AES256-SHA", "DHE-RSA-CAMELLIA256-SHA",
		"AES256-GCM-SHA384", "AES256-CCM8", "AES256-CCM", "ARIA256-GCM-SHA384", "AES256-SHA256", "CAMELLIA256-SHA256",
		"AES256-SHA", "CAMELLIA256-SHA", "ADH-AES128-GCM-SHA256", "ADH-AES128-SHA256", "ADH-CAMELLIA128-SHA256",
		"AECDH-AES128-SHA", "ADH-AES128-SHA", "ADH-CAMELLIA128-SHA", "ECDHE-RSA-AES128-GCM-SHA256",
		"DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-CCM8", "DHE-RSA-AES128-CCM", "ECDHE-ARIA128-GCM-SHA256",
		"DHE-RSA-ARIA128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-SHA256", "ECDHE-RSA-CAMELLIA128-SHA256",
		"DHE-RSA-CAMELLIA128-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-SHA", "DHE-RSA-CAMELLIA128-SHA",
		"AES128-GCM-SHA256", "AES128-CCM8", "AES128-CCM", "ARIA128-GCM-SHA256", "AES128-SHA256", "CAMELLIA128-SHA256",
		"AES128-SHA", "CAMELLIA128-SHA")
}
