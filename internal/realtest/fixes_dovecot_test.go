package realtest

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

func weakDovecots() []weakServer {
	level0 := "ssl_cipher_list = ECDHE:@SECLEVEL=0"
	return []weakServer{
		{name: "no TLS", service: "imap", lines: []string{"ssl = no"}, want: []string{"starttls-missing"}},
		{name: "passwords without TLS", service: "imap", full: true, lines: []string{"disable_plaintext_auth = no"}, want: []string{"auth-before-tls"}},
		{name: "a key that does not fit", service: "imap", cert: otherKey, want: []string{"starttls-broken"}},
		{name: "TLS 1.0", service: "imap", lines: []string{"ssl_min_protocol = TLSv1", level0}, want: []string{"protocol-tls10", "protocol-tls11", "beast"}},
		{name: "TLS 1.1", service: "pop3", lines: []string{"ssl_min_protocol = TLSv1.1", level0}, want: []string{"protocol-tls11"}},
		{name: "no encryption", service: "imap", lines: []string{"ssl_cipher_list = ECDHE:kRSA:eNULL:@SECLEVEL=0"}, want: []string{"null", "static-rsa"}},
		{name: "no certificate asked for", service: "pop3", lines: []string{"ssl_cipher_list = ECDHE:AECDH:@SECLEVEL=0"}, want: []string{"anon"}},
		{name: "RSA key transport", service: "sieve", lines: []string{"ssl_cipher_list = ECDHE+AESGCM:kRSA+AESGCM"}, want: []string{"static-rsa"}},
		{name: "signatures with SHA-1", service: "imap", lines: []string{level0}, want: []string{"sha1-signature"}},
		{name: "a short Diffie-Hellman group", service: "imap", files: map[string]string{"dh.pem": shortGroup()}, full: true,
			lines: []string{"ssl_cipher_list = ECDHE:DHE:@SECLEVEL=0", "ssl_dh = <DIR/dh.pem"}, want: []string{"weak-dh"}},
		{name: "a short curve", service: "pop3", full: true, lines: []string{"ssl_curve_list = X25519:P-192", level0}, want: []string{"weak-curve"}},
		{name: "no forward secrecy, and a library without TLS 1.3", service: "imap", files: withoutTLS13(), stays: []string{"protocol-no-tls13"},
			lines: []string{"import_environment = $import_environment OPENSSL_CONF=DIR/openssl.cnf", "ssl_cipher_list = kRSA"}, want: []string{"no-pfs"}},
		{name: "anonymous alone, and a library without TLS 1.3", service: "imap", files: withoutTLS13(), stays: []string{"protocol-no-tls13"},
			lines: []string{"import_environment = $import_environment OPENSSL_CONF=DIR/openssl.cnf", "ssl_cipher_list = AECDH:@SECLEVEL=0"},
			want:  []string{"anon-only"}},
		{name: "passwords in the clear", service: "imap", lines: []string{"disable_plaintext_auth = no"}, want: []string{"plaintext-auth", "auth-before-tls"}},
		{name: "passwords in the clear, POP3", service: "pop3", lines: []string{"disable_plaintext_auth = no"}, want: []string{"plaintext-auth"}},
		{name: "passwords in the clear, ManageSieve", service: "sieve", lines: []string{"disable_plaintext_auth = no"}, want: []string{"plaintext-auth"}},
		{name: "CRAM-MD5 in the clear", service: "imap", lines: []string{"auth_mechanisms = plain cram-md5"}, want: []string{"cram-md5-before-tls"}},
		{name: "APOP in the clear", service: "pop3", lines: []string{"auth_mechanisms = plain apop"}, want: []string{"cram-md5-before-tls"}},
		{name: "expired", service: "imap", cert: expired, want: []string{"cert-expired"}},
		{name: "expiring", service: "pop3", cert: expiring, want: []string{"cert-expiring"}},
		{name: "not valid yet", service: "sieve", cert: notYet, want: []string{"cert-not-yet-valid"}},
		{name: "another name", service: "imap", cert: otherName, want: []string{"cert-hostname"}},
		{name: "signed by itself", service: "pop3", cert: selfSigned, want: []string{"cert-untrusted"}},
		{name: "a short key", service: "imap", cert: shortKey, lines: []string{level0}, want: []string{"cert-weak-key"}},
		{name: "signed with SHA-1", service: "imap", cert: signedSHA1, lines: []string{level0}, want: []string{"sha1-cert"}},
		{name: "signed with MD5", service: "pop3", cert: signedMD5, lines: []string{level0}, want: []string{"md5-cert"}},
	}
}

// withoutTLS13 makes OpenSSL look as it was before 1.1.1. No setting of Dovecot does: it has no newest version.
func withoutTLS13() map[string]string {
	return map[string]string{"openssl.cnf": "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMaxProtocol = TLSv1.2\n"}
}

// another address of this machine: asked from its own, 127.0.0.1, Dovecot is content without TLS.
const another = "127.0.0.2"

// longLived lets one process serve many logins, which spares most of the time that a scan takes.
const longLived = `service imap-login {
  service_count = 0
}
service pop3-login {
  service_count = 0
}
service managesieve-login {
  service_count = 0
}`

func startWeakDovecot(t *testing.T, w weakServer) patient {
	conf := func(l *launch) string { return filepath.Join(l.dir, "dovecot.conf") }
	ward := admit(t, Dovecot{}.prepare, func(l *launch) {
		l.services = map[string]string{"imap": l.services["imap"], w.service: l.services[w.service]} // without TLS, others do not listen
		lines := append(w.spoil(t, l.dir, "ssl_cert = <%s", "ssl_key = <%s"), longLived, "listen = 127.0.0.1, "+another)
		rewrite(t, conf(l), func(text string) string { return text + strings.Join(lines, "\n") + "\n" })
	})
	return patient{
		addr: net.JoinHostPort(another, port(ward.addr(w.service))),
		apply: func(t *testing.T, lines []string) {
			rewrite(t, conf(&ward.launch), func(text string) string { // Debian's configuration reads local.conf last
				for _, line := range lines {
					if line != "doveadm reload" && !strings.HasPrefix(line, "port = ") { // this server has others
						text += goodCertificate(line, ward.dir) + "\n"
					}
				}
				return text
			})
			ward.restart(t)
		},
		use: func(t *testing.T) { logIn(t, ward.addr("imap")) },
	}
}

// neverDovecot are findings that no Dovecot here can be made to have.
func neverDovecot() map[string]string {
	reasons := withoutLibrary("OpenSSL", "protocol-sslv2", "protocol-sslv3", "poodle", "rc4", "sweet32")
	reasons["robot"] = noOracle
	reasons["implicit-tls-missing"] = onePort
	reasons["mail-before-tls"] = "no Dovecot here takes submissions"
	return reasons
}

// withoutLibrary says why a finding cannot be brought about.
func withoutLibrary(library string, more ...string) map[string]string {
	reasons := make(map[string]string)
	for _, id := range append(more, "export", "freak", "logjam", "des", "crime") {
		reasons[id] = "Debian's " + library + " does not have it"
	}
	return reasons
}
