package lab

import (
	"crypto"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// shaOne is the hash of old certificates.
const shaOne = crypto.SHA1

// shows makes a server show the given certificates, and drops the suites that
// none of them can authenticate.
func (s *Server) shows(list ...Certificate) {
	s.Certificates = list
	for v, suites := range s.Suites {
		s.Suites[v] = slices.DeleteFunc(suites, func(suite tlswire.Suite) bool {
			info, _ := suite.Info()
			return !info.Anonymous && v != tlswire.TLS13 && !slices.ContainsFunc(list, func(c Certificate) bool {
				return c.Key.isRSA() == (info.Auth == tlswire.AuthRSA)
			})
		})
	}
}

// chainServers returns servers whose chains or keys are faulty in ways that few clients notice.
func chainServers() []Server {
	shows := func(name, title, level, check string, c Certificate) Server {
		return with(name, title, func(s *Server) {
			s.shows(c)
			s.want(level, check)
		})
	}
	old := func(name, title, check string, k KeyKind) Server {
		return with(name, title, func(s *Server) {
			s.only12("ECDHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256")
			s.shows(Certificate{Key: k})
			s.Schemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA256}
			s.want("fail", check)
		})
	}
	return []Server{
		shows("chain-root", "the root is sent along", "note", "chain-extra", Certificate{Sends: SendRoot}),
		shows("chain-swapped", "the root stands before the intermediate", "warn", "chain-order", Certificate{Sends: SendSwapped}),
		shows("chain-expired-extra", "an expired certificate that nobody needs is sent along", "warn", "chain-expired-extra",
			Certificate{Sends: SendExpired}),
		shows("cert-clients", "a certificate for clients", "fail", "cert-eku", Certificate{Clients: true}),
		shows("cert-no-signing", "a certificate whose key may not sign", "warn", "cert-ku", Certificate{NoSigning: true}),
		shows("cert-wildcard", "a certificate for all names of a domain", "note", "cert-wildcard",
			Certificate{Names: []string{"localhost", "*.lab.test"}}),
		shows("cert-three-years", "a certificate for three years", "warn", "cert-validity-too-long", Certificate{Lifetime: 1000 * day}),
		shows("cert-ten-years", "a self-signed certificate for ten years", "warn", "cert-validity-too-long",
			Certificate{SelfSigned: true, Lifetime: 3650 * day}),
		shows("cert-roca", "an RSA key of faulty hardware (ROCA)", "fail", "roca", Certificate{Key: RSAROCA}),
		shows("cert-debian", "an RSA key that OpenSSL made on Debian in 2007", "fail", "debian-weak-key", Certificate{Key: RSADebian}),
		shows("cert-ecdsa", "an ECDSA key alone", "notapplicable", "debian-weak-key", Certificate{Key: P384}),
		shows("cert-published-key", "a key that comes with software, for its tests", "fail", "shared-key-known", Certificate{Key: RSAPublished}),
		old("cert-fermat", "an RSA key with close factors", "fermat", RSANear),
		old("cert-exponent-one", "an RSA key with the exponent 1", "rsa-exponent", RSAOne),
		with("cert-must-staple", "a certificate that asks for an OCSP response, without one", func(s *Server) {
			s.shows(Certificate{MustStaple: true, OCSP: "http://ocsp.lab.test"})
			s.Extensions.Staple = false
			s.want("warn", "ocsp-must-staple")
			s.want("note", "ocsp-stapling-missing")
		}),
		with("cert-stapled", "a certificate that asks for an OCSP response, with one", func(s *Server) {
			s.shows(Certificate{MustStaple: true, OCSP: "http://ocsp.lab.test"})
			s.want("pass", "ocsp-must-staple", "ocsp-stapling-missing", "ocsp-staple-invalid", "cert-revoked")
		}),
		shows("staple-expired", "an OCSP response that is out of date", "warn", "ocsp-staple-invalid", Certificate{Staple: StapleExpired}),
		shows("staple-forged", "an OCSP response that the authority did not sign", "warn", "ocsp-staple-invalid",
			Certificate{Staple: StapleForged}),
		shows("staple-refused", "the responder's refusal instead of an OCSP response", "warn", "ocsp-staple-invalid",
			Certificate{Staple: StapleRefused}),
		shows("cert-revoked", "a revoked certificate, as its OCSP response tells", "fail", "cert-revoked", Certificate{Staple: StapleRevoked}),
	}
}

// certificateServers returns servers whose certificates are weak, wrong or many.
func certificateServers() []Server {
	return []Server{
		with("cert-expired", "the certificate expired ten days ago", func(s *Server) {
			s.shows(Certificate{Lifetime: 90 * day, Age: 100 * day})
			s.want("fail", "cert-expired")
		}),
		with("cert-not-yet-valid", "the certificate is valid from next week on", func(s *Server) {
			s.shows(Certificate{Age: -7 * day})
			s.want("fail", "cert-not-yet-valid")
		}),
		with("cert-expiring", "the certificate expires in three days", func(s *Server) {
			s.shows(Certificate{Lifetime: 90 * day, Age: 87 * day})
			s.want("warn", "cert-expiring")
		}),
		with("cert-self-signed", "a self-signed certificate", func(s *Server) {
			s.shows(Certificate{SelfSigned: true})
			s.want("fail", "cert-untrusted")
		}),
		with("cert-wrong-name", "a certificate for another host", func(s *Server) {
			s.shows(Certificate{Names: []string{"www.elsewhere.test"}})
			s.want("fail", "cert-hostname")
		}),
		with("cert-incomplete", "the intermediate certificate is missing", func(s *Server) {
			s.shows(Certificate{Incomplete: true})
			s.want("fail", "chain-incomplete")
		}),
		with("cert-rsa-1024", "an RSA key of 1024 bits", func(s *Server) {
			s.shows(Certificate{Key: RSA1024})
			s.want("fail", "cert-weak-key")
		}),
		with("cert-rsa-512", "an RSA key of 512 bits", func(s *Server) {
			s.only12("ECDHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256", "EXP-DES-CBC-SHA")
			s.shows(Certificate{Key: RSA512})
			s.Schemes = oldSchemes()
			s.want("fail", "cert-weak-key")
		}),
		with("cert-sha1", "a certificate signed with SHA-1", func(s *Server) {
			s.shows(Certificate{Signature: crypto.SHA1})
			s.want("fail", "sha1-cert")
		}),
		with("cert-md5", "a certificate signed with MD5", func(s *Server) {
			s.shows(Certificate{Signature: crypto.MD5})
			s.want("fail", "md5-cert")
		}),
	}
}

// kindServers returns servers that differ in the kinds of their certificates, and in whom they show them to.
func kindServers() []Server {
	return []Server{
		with("cert-ed25519", "an Ed25519 certificate alone", func(s *Server) {
			s.shows(Certificate{Key: Ed25519})
			s.want("pass", "cert-single-type")
		}),
		with("cert-dual", "RSA and ECDSA certificates", func(s *Server) {
			s.shows(Certificate{Key: P256}, Certificate{Key: RSA2048})
			s.want("pass", "cert-hostname", "cert-untrusted", "cert-single-type")
		}),
		with("cert-rsa-alone", "an RSA certificate alone", func(s *Server) {
			s.shows(Certificate{Key: RSA2048})
			s.want("note", "cert-single-type")
		}),
		with("cert-sni", "the right certificate only for clients that send SNI", func(s *Server) {
			s.shows(Certificate{Names: []string{"default.invalid"}}, Certificate{SNI: "localhost"}, Certificate{SNI: "mail.lab.test"})
			s.want("warn", "sni-required")
		}),
	}
}
