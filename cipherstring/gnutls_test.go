package cipherstring

import (
	"math/rand"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// handPickedPriorities are strings that servers are really given, and corners of the language.
var handPickedPriorities = []string{
	"NORMAL", "normal", "Normal:-vers-tls1.0", "NORMAL:-VERS-TLS1.0", "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1", "NORMAL:%COMPAT", "NORMAL:%SERVER_PRECEDENCE:-VERS-TLS1.0",
	"NONE", "PFS", "SECURE", "SECURE128", "SECURE192", "SECURE256", "SUITEB128", "SUITEB192", "LEGACY", "PERFORMANCE", " NORMAL", "+NORMAL", "+RSA", "-RSA:NORMAL",
	"NORMAL:-VERS-TLS-ALL:+VERS-TLS1.0", "NORMAL:-VERS-ALL:+VERS-TLS1.1", "NORMAL:-VERS-ALL", "NORMAL:+NULL", "NORMAL:+SRP", "NORMAL:-GROUP-ALL", "NORMAL:-SIGN-ALL",
	"NORMAL:-MAC-ALL", "NORMAL:-KX-ALL:+RSA", "NORMAL:-CIPHER-ALL:+AES-128-CBC", "NORMAL:+MAC-ALL", "SECURE256:+SECURE128", "SECURE256:+NORMAL", "NORMAL:SECURE128",
	"NORMAL:+SHA256:+SHA384", "NORMAL:%FOO", "NORMAL:+VERS-SSL3.0", "NORMAL:-VERS-TLS1.2", "NORMAL:-VERS-TLS1.3:-VERS-TLS1.2", "NORMAL::-RSA", "NORMAL:", "NORMAL, -RSA",
	"NORMAL -RSA", "SYSTEM", "", "SECURE192:+SHA1", "PFS:SUITEB128", "NORMAL:+SUITEB128", "NORMAL:+NONE", "NORMAL:-AES-256-GCM:+AES-256-GCM", "NORMAL:+3DES-CBC:+ARCFOUR-128:+MD5",
	"NORMAL:!RSA", "NORMAL:+VERS-TLS1.4", "NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+GROUP-ALL", "NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+GROUP-ALL:+SIGN-ALL",
	"NONE:+VERS-TLS1.3:+RSA:+AES-128-GCM:+AEAD:+SIGN-ALL", "NONE:+VERS-TLS1.2:+RSA:+AES-128-GCM:+AEAD:+SIGN-ALL:+COMP-ALL:+CTYPE-ALL", "NONE:+VERS-TLS1.2:+RSA:+AES-128-GCM:+AEAD",
	"NONE:+VERS-TLS1.0:+RSA:+AES-128-CBC:+SHA1", "NONE:+VERS-DTLS1.2:+RSA:+AES-128-GCM:+AEAD:+SIGN-ALL", "NORMAL:-VERS-TLS-ALL", "NORMAL:-VERS-DTLS-ALL:-VERS-TLS1.2",
	"LEGACY:+SECURE192", "NORMAL:-SHA1", "NORMAL:-AEAD", "NORMAL:+DH-RSA", "NORMAL:+3DES", "NORMAL:-3DES-CBC", "NORMAL:-CURVE-ALL", "NORMAL:-CURVE-SECP256R1", "NORMAL:-KX-ALL",
	"NORMAL:+RSA-EXPORT", "NORMAL:+RSA-PSK", "NORMAL:+PSK", "NORMAL:+ANON-ECDH:+ANON-DH", "NONE:+ANON-DH:+VERS-TLS1.2:+SHA1:+AES-128-CBC", "NORMAL:-VERS-TLS-ALL:+VERS-TLS1.3",
	"NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+PSK", "NORMAL:%NO_EXTENSIONS", "SECURE128:-VERS-TLS-ALL:+VERS-TLS1.2:+VERS-TLS1.3", "NORMAL:-DHE-RSA:-RSA:-SHA1",
	"NORMAL:+AES-256-CCM-8:+CAMELLIA-256-GCM:+CAMELLIA-128-CBC", "NORMAL:+DHE-DSS:+SRP-DSS:+VKO-GOST-12", "NONE:+VERS-ALL:+SIGN-ALL:+GROUP-ALL:+KX-ALL:+CIPHER-ALL:+MAC-ALL",
	"NORMAL:-SIGN-ALL:+SIGN-RSA-SHA256", "NORMAL:-GROUP-ALL:+GROUP-X25519", "NORMAL:+AES-192-CBC", "NORMAL:+SHA512", "NORMAL:-VERS-DTLS-ALL", "NORMAL:+SALSA20-256", "%COMPAT", "%COMPAT:NORMAL",
	"NORMAL:-GROUP-X25518", "NORMAL:-CURVE-FOO", "NORMAL:-CURVE-FFDHE2048", "NORMAL:-CURVE-ED25519", "NORMAL:-GROUP-ED25519", "NORMAL:-SIGN-RSA-SHA3", "NORMAL:-SIGN-FOO",
	"NORMAL:-CTYPE-FOO", "NORMAL:-CTYPE-X.509", "NORMAL:-CTYPE-ALLX", "NORMAL:-CTYPE-CLI-OPENPGP", "NORMAL:-GROUP-ALLX", "NORMAL:-SIGN-ALLX", "NORMAL:-group-x25519", "NORMAL:-GROUP-GC256A",
}

func randomPriority(r *rand.Rand, t *gnutlsTable) string {
	pick := func(from ...string) string { return from[r.Intn(len(from))] }
	var b strings.Builder
	b.WriteString(pick("NORMAL", "NORMAL", "PFS", "SECURE128", "SECURE256", "LEGACY", "PERFORMANCE", "SUITEB128", "NONE:+VERS-ALL:+SIGN-ALL:+GROUP-ALL", "NONE:+VERS-TLS-ALL:+SIGN-ALL:+GROUP-ALL:+MAC-ALL"))
	for range r.Intn(9) {
		b.WriteString(":" + pick("+", "+", "-", "!"))
		b.WriteString(pick(pick(t.kx...), pick(t.ciphers...), pick(t.macs...), pick("VERS-TLS1.0", "VERS-TLS1.1", "VERS-TLS1.2", "VERS-TLS1.3", "VERS-ALL", "VERS-TLS-ALL", "VERS-DTLS-ALL",
			"KX-ALL", "MAC-ALL", "CIPHER-ALL", "SIGN-ALL", "GROUP-ALL", "GROUP-X25519", "SECURE192", "NORMAL")))
	}
	return b.String()
}

// TestLikeGnuTLS compares with the program: suites and order.
func TestLikeGnuTLS(t *testing.T) {
	version, err := exec.Command("gnutls-cli", "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "gnutls-cli 3.7.") {
		t.Skipf("needs gnutls-cli 3.7, of which the lists are (Debian 12: apt-get install gnutls-bin), found %.20q", version)
	}
	table, err := readGnuTLS()
	if err != nil {
		t.Fatal(err)
	}
	list := handPickedPriorities
	r := rand.New(rand.NewSource(1))
	for range 200 {
		list = append(list[:len(list):len(list)], randomPriority(r, table))
	}
	line := regexp.MustCompile(`(?m)^(\S+)\s+0x.., 0x..\s`)
	for _, priority := range list {
		// Error messages go to standard error, and the exit code is 0 all the same.
		cmd := exec.Command("gnutls-cli", "-l", "--priority", priority)
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, _ := cmd.Output()
		var want []string
		for _, m := range line.FindAllStringSubmatch(string(out), -1) {
			want = append(want, m[1])
		}
		got, err := GnuTLS(priority)
		refused := complaint.Len() > 0 || strings.Contains(string(out), "Protocols: none") // which no connection survives
		switch {
		case (err != nil) != refused:
			t.Errorf("%q: got error %v, gnutls-cli %q", priority, err, complaint.String())
		case err == nil && strings.Join(names(got), " ") != strings.Join(want, " "):
			t.Errorf("%q:\ngot  %s\nwant %s", priority, names(got), want)
		}
	}
}

// TestGnuTLSNamesAreKnown asks the program for each name that the tables have, in one string.
func TestGnuTLSNamesAreKnown(t *testing.T) {
	words := append(append(gnutlsGroups(), gnutlsSignatures()...), gnutlsCertificates()...)
	priority := "NORMAL:+" + strings.Join(words, ":+")
	if _, err := GnuTLS(priority); err != nil {
		t.Error(err)
	}
	if _, err := exec.LookPath("gnutls-cli"); err != nil {
		t.Skip("needs gnutls-cli (Debian: apt-get install gnutls-bin)")
	}
	out, err := exec.Command("gnutls-cli", "-l", "--priority", priority).CombinedOutput()
	if err != nil || strings.Contains(string(out), "Syntax error") {
		t.Errorf("%v: %.200s", err, out)
	}
}

func TestGnuTLSNamesAreMeant(t *testing.T) {
	for word, want := range map[string]string{
		"-GROUP-X25518": "GROUP-X25519", "+GROUP-FFDH2048": "GROUP-FFDHE2048", "-CURVE-SECP256": "CURVE-SECP256R1", "-SIGN-RSA-SHA2": "SIGN-RSA-SHA1",
		"-SIGN-ECDSA-SHA265": "SIGN-ECDSA-SHA256", "-CTYPE-X508": "CTYPE-X509",
	} {
		if _, err := GnuTLS("NORMAL:" + word); err == nil || !strings.Contains(err.Error(), "did you mean "+want+"?") {
			t.Errorf("%s: %v, want %s", word, err, want)
		}
	}
}

func FuzzGnuTLS(f *testing.F) {
	for _, p := range handPickedPriorities {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, priority string) {
		r, err := GnuTLS(priority)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, n := range names(r) {
			if seen[n] {
				t.Errorf("%s twice", n)
			}
			seen[n] = true
		}
	})
}
