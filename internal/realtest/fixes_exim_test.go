package realtest

import (
	"path/filepath"
	"strings"
	"testing"
)

func weakExims() []weakServer {
	priority := func(p string) []string { return []string{"tls_require_ciphers = " + p} }
	standard := []string{"protocol-tls10", "protocol-tls11", "beast", "sha1-signature"}
	return []weakServer{
		{name: "as Debian ships it", service: "smtp", want: standard},
		{name: "as Debian ships it, implicit TLS", service: "submissions", full: true, want: append([]string{"static-rsa"}, standard...)},
		{name: "no TLS", service: "smtp", lines: []string{"tls_advertise_hosts ="}, want: []string{"starttls-missing"}},
		{name: "a certificate that is not there", service: "smtp", lines: []string{"tls_certificate = /nonexistent.pem"}, want: []string{"starttls-broken"}},
		{name: "TLS not required where users log in", service: "submission", want: []string{"plaintext-auth", "cram-md5-before-tls", "auth-before-tls", "mail-before-tls"}},
		{name: "RC4", service: "smtp", lines: priority("NORMAL:+ARCFOUR-128"), want: []string{"rc4"}},
		{name: "3DES", service: "smtp", lines: priority("NORMAL:+3DES-CBC"), want: []string{"sweet32"}},
		{name: "no encryption", service: "smtp", lines: priority("NORMAL:+NULL"), want: []string{"null"}},
		{name: "no forward secrecy", service: "smtp", lines: priority("NORMAL:-VERS-TLS1.3:-ECDHE-RSA:-ECDHE-ECDSA:-DHE-RSA"), want: []string{"no-pfs", "protocol-no-tls13"}},
		{name: "TLS 1.1 alone", service: "smtp", lines: priority("NORMAL:-VERS-ALL:+VERS-TLS1.1"), want: []string{"protocol-no-tls12"}},
		{name: "expired", service: "smtp", cert: expired, want: []string{"cert-expired"}},
		{name: "expiring", service: "smtp", cert: expiring, want: []string{"cert-expiring"}},
		{name: "not valid yet", service: "smtp", cert: notYet, want: []string{"cert-not-yet-valid"}},
		{name: "another name", service: "smtp", cert: otherName, want: []string{"cert-hostname"}},
		{name: "signed by itself", service: "smtp", cert: selfSigned, want: []string{"cert-untrusted"}},
		{name: "a short key", service: "smtp", cert: shortKey, want: []string{"cert-weak-key"}},
		{name: "signed with SHA-1", service: "smtp", cert: signedSHA1, want: []string{"sha1-cert"}},
		{name: "signed with MD5", service: "smtp", cert: signedMD5, want: []string{"md5-cert"}},
	}
}

// startWeakExim runs an Exim that takes mail for anybody, and leaves it in its queue. Its port for SMTP stands for 587, too.
func startWeakExim(t *testing.T, w weakServer) patient {
	exim := Exim{Parameters: []string{"queue_only = true", "acl_smtp_rcpt = accept"}}
	listener := w.service
	if w.service == "submission" {
		listener = "smtp"
		exim.Parameters = append(exim.Parameters, eximPassword)
	}
	conf := func(l *launch) string { return filepath.Join(l.dir, "exim.conf") }
	ward := admit(t, exim.prepare, func(l *launch) {
		lines := w.spoil(t, l.dir, "tls_certificate = %s", "tls_privatekey = %s")
		rewrite(t, conf(l), func(text string) string { return withOptions(text, lines) })
	})
	return patient{
		addr: ward.addr(listener),
		apply: func(t *testing.T, lines []string) {
			var options []string
			for _, line := range lines {
				line = strings.ReplaceAll(line, "{587}", "{"+port(ward.addr(listener))+"}")
				if !strings.HasPrefix(line, "kill -HUP ") {
					options = append(options, goodCertificate(line, ward.dir))
				}
			}
			rewrite(t, conf(&ward.launch), func(text string) string { return withOptions(text, options) })
			ward.restart(t)
		},
		use: func(t *testing.T) { deliver(t, ward.addr(listener), w.service == "submissions") },
	}
}

// withOptions sets options in Exim's main part, where each may be there once.
func withOptions(text string, options []string) string {
	for _, o := range options {
		name, _, _ := strings.Cut(o, " ")
		var kept []string
		for _, line := range strings.Split(text, "\n") {
			if !strings.HasPrefix(line, name+" ") {
				kept = append(kept, line)
			}
		}
		text = o + "\n" + strings.Join(kept, "\n")
	}
	return text
}

// neverExim are findings that no Exim here can be made to have.
func neverExim() map[string]string {
	reasons := withoutLibrary("GnuTLS", "protocol-sslv2", "protocol-sslv3", "poodle")
	reasons["robot"] = noOracle
	reasons["anon"] = "Exim gives GnuTLS no keys for anonymous suites"
	reasons["anon-only"] = reasons["anon"]
	reasons["weak-dh"] = "with GnuTLS 3.6 and newer Exim reads no tls_dhparam"
	reasons["implicit-tls-missing"] = onePort
	return reasons
}
