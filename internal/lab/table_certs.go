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
				rsa := c.Key == "" || c.Key == RSA512 || c.Key == RSA1024 || c.Key == RSA2048
				return rsa == (info.Auth == tlswire.AuthRSA)
			})
		})
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
		with("cert-ed25519", "an Ed25519 certificate alone", func(s *Server) { s.shows(Certificate{Key: Ed25519}) }),
		with("cert-dual", "RSA and ECDSA certificates", func(s *Server) {
			s.shows(Certificate{Key: P256}, Certificate{Key: RSA2048})
			s.want("pass", "cert-hostname", "cert-untrusted")
		}),
		with("cert-sni", "the right certificate only for clients that send SNI", func(s *Server) {
			s.shows(Certificate{Names: []string{"default.invalid"}}, Certificate{SNI: "localhost"}, Certificate{SNI: "mail.lab.test"})
			s.want("warn", "sni-required")
		}),
	}
}
