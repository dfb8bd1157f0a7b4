package realtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func weakPostfixes() []weakServer {
	standard := []string{"protocol-tls10", "protocol-tls11", "beast", "sha1-signature"}
	forUsers := append([]string{"anon", "static-rsa"}, standard...)
	return []weakServer{
		{name: "as Debian ships it", service: "smtp", want: standard},
		{name: "as Debian ships it, submission", service: "submission", want: forUsers},
		{name: "as Debian ships it, implicit TLS", service: "submissions", full: true, want: forUsers},
		{name: "no TLS", service: "smtp", lines: []string{"smtpd_tls_security_level = none"}, want: []string{"starttls-missing"}},
		{name: "no certificate", service: "smtp", lines: []string{"smtpd_tls_cert_file =", "smtpd_tls_key_file ="}, want: []string{"starttls-broken"}},
		{name: "anonymous on purpose", service: "smtp", lines: []string{"smtpd_tls_cert_file = none", "smtpd_tls_protocols = TLSv1.2"}, want: []string{"anon-only"}},
		{name: "a certificate that is not there", service: "submission", lines: []string{"smtpd_tls_cert_file = /nonexistent.pem"},
			want: []string{"starttls-broken"}},
		{name: "TLS 1.0 alone", service: "smtp", lines: []string{"smtpd_tls_protocols = TLSv1"}, want: []string{"protocol-no-tls12", "protocol-no-tls13"}},
		{name: "no TLS 1.3", service: "submissions", full: true, lines: []string{"smtpd_tls_mandatory_protocols = TLSv1.1, TLSv1.2"},
			want: []string{"protocol-tls11", "protocol-no-tls13"}},
		{name: "no encryption", service: "smtp", lines: []string{"tls_medium_cipherlist = AES128-SHA:eNULL"}, want: []string{"null"}},
		{name: "no encryption, by a list of one's own", service: "submission",
			lines: []string{"smtpd_tls_mandatory_ciphers = high", "tls_high_cipherlist = AES128-SHA:eNULL"}, want: []string{"null"}},
		{name: "no forward secrecy", service: "smtp", lines: []string{"smtpd_tls_exclude_ciphers = kECDHE, kDHE", "smtpd_tls_protocols = TLSv1.2"},
			want: []string{"no-pfs", "protocol-no-tls13"}},
		{name: "no forward secrecy for users", service: "submission",
			lines: []string{"smtpd_tls_mandatory_exclude_ciphers = kECDHE, kDHE", "smtpd_tls_mandatory_protocols = TLSv1.2"}, want: []string{"no-pfs"}},
		{name: "weak Diffie-Hellman", service: "smtp", want: []string{"weak-dh"}},
		{name: "TLS not required where users log in", service: "submission", optional: true, want: append([]string{"mail-before-tls"}, forUsers...)},
		{name: "passwords in the clear", service: "smtp", lines: []string{"smtpd_sasl_auth_enable = yes"}, want: []string{"plaintext-auth"}},
		{name: "passwords in the clear, submission", service: "submission", optional: true, lines: []string{"smtpd_sasl_auth_enable = yes"},
			want: []string{"plaintext-auth", "cram-md5-before-tls", "auth-before-tls", "mail-before-tls"}},
		{name: "expired", service: "smtp", cert: expired, want: []string{"cert-expired"}},
		{name: "expiring", service: "smtp", cert: expiring, want: []string{"cert-expiring"}},
		{name: "not valid yet", service: "submission", cert: notYet, want: []string{"cert-not-yet-valid"}},
		{name: "another name", service: "submission", cert: otherName, want: []string{"cert-hostname"}},
		{name: "signed by itself", service: "submission", cert: selfSigned, want: []string{"cert-untrusted"}},
		{name: "a short key", service: "submission", cert: shortKey, want: []string{"cert-weak-key"}},
		{name: "signed with SHA-1", service: "smtp", cert: signedSHA1, want: []string{"sha1-cert"}},
		{name: "signed with MD5", service: "submission", cert: signedMD5, want: []string{"md5-cert"}},
	}
}

// startWeakPostfix runs a Postfix that takes mail for anybody, and throws it away.
func startWeakPostfix(t *testing.T, w weakServer) patient {
	ward := admit(t, Postfix{}.prepare, func(l *launch) {
		lines := append([]string{"smtpd_relay_restrictions = permit_mynetworks, reject", "mynetworks = 127.0.0.0/8", "default_transport = discard"},
			w.spoil(t, l.dir, "smtpd_tls_cert_file = %s", "smtpd_tls_key_file = %s")...)
		completeQueue(t, l.dir)
		etc := filepath.Join(l.dir, "etc")
		rewrite(t, filepath.Join(etc, "main.cf"), func(text string) string { return withOptions(text, lines) })
		rewrite(t, filepath.Join(etc, "master.cf"), func(text string) string {
			if w.optional {
				text = strings.ReplaceAll(text, "smtpd_tls_security_level=encrypt", "smtpd_tls_security_level=may")
			}
			return text + delivery
		})
		old(t, etc)
	})
	return patient{
		addr: ward.addr(w.service),
		apply: func(t *testing.T, lines []string) {
			etc := filepath.Join(ward.dir, "etc")
			for _, line := range lines {
				if line == "postfix reload" { // a restart does the same, and is over when it says so
					continue
				}
				line = strings.ReplaceAll(goodCertificate(line, ward.dir), "'submission/inet/", "'"+ward.addr("submission")+"/inet/")
				cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
				cmd.Env = append(os.Environ(), "MAIL_CONFIG="+etc)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", line, err, out)
				}
				old(t, etc) // postconf, too, waits for a young file
			}
			ward.restart(t)
		},
		use: func(t *testing.T) { deliver(t, ward.addr(w.service), w.service == "submissions") },
	}
}

// old makes the configuration look as if it had been there for long; see Postfix.configure.
func old(t *testing.T, etc string) {
	t.Helper()
	for _, name := range []string{"main.cf", "master.cf"} {
		if err := os.Chtimes(filepath.Join(etc, name), time.Time{}, time.Now().Add(-time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
}

// completeQueue makes what a Postfix needs that takes mail in.
func completeQueue(t *testing.T, dir string) {
	t.Helper()
	if err := queueFolders(dir); err != nil {
		t.Fatal(err)
	}
}

// neverPostfix are findings that no Postfix here can be made to have.
func neverPostfix() map[string]string {
	reasons := withoutLibrary("OpenSSL", "protocol-sslv2", "protocol-sslv3", "poodle", "rc4", "sweet32")
	reasons["robot"] = noOracle
	reasons["implicit-tls-missing"], reasons["auth-on-25"] = onePort, noteOnly
	return reasons
}
