package tlswire

import (
	"crypto/tls"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// output runs a program that lists what it knows, and skips the test where it
// is not installed.
func output(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed: the table is not compared with it", program)
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		t.Fatalf("running %s: %v", program, err)
	}
	return string(out)
}

func listed(t *testing.T, high, low string) SuiteInfo {
	t.Helper()
	number, err := strconv.ParseUint(high+low, 16, 16)
	if err != nil {
		t.Fatal(err)
	}
	info, ok := Suite(number).Info()
	if !ok {
		t.Errorf("no suite %#x", number)
	}
	return info
}

var openSSLLine = regexp.MustCompile(`(?m)^\s*0x(..),0x(..) - (\S+)\s+- (\S+)\s+(\S+)\s+Kx=(\S+)\s+Au=(\S+)\s+Enc=(\S+)\s+Mac=(\S+)`)

func TestSuitesAgreeWithOpenSSL(t *testing.T) {
	list := output(t, "openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL@SECLEVEL=0")
	lines := openSSLLine.FindAllStringSubmatch(list, -1)
	if len(lines) < 50 {
		t.Fatalf("openssl lists %d suites, want more than 50:\n%s", len(lines), list)
	}
	for _, line := range lines {
		info := listed(t, line[1], line[2])
		if info.Name != line[3] || info.OpenSSL != line[4] {
			t.Errorf("openssl calls it %s or %s, the table %s or %s", line[3], line[4], info.Name, info.OpenSSL)
		}
		if info.MinVersion > openSSLVersions[line[5]] {
			t.Errorf("%s: openssl starts at %s, the table at %v", info.Name, line[5], info.MinVersion)
		}
		sameText(t, info.Name, "key exchange", openSSLKeyExchange(info), line[6])
		sameText(t, info.Name, "authentication", openSSLAuth(info), line[7])
		sameText(t, info.Name, "encryption", openSSLEncryption(info), line[8])
		sameText(t, info.Name, "MAC", string(info.MAC), line[9])
	}
}

func sameText(t *testing.T, suite, attribute, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s is %q, openssl says %q", suite, attribute, got, want)
	}
}

var openSSLVersions = map[string]Version{"SSLv3": SSLv3, "TLSv1": TLS10, "TLSv1.0": TLS10, "TLSv1.2": TLS12, "TLSv1.3": TLS13}

// openSSLKeyExchange says it as OpenSSL does, which joins PSK to the key
// exchange and makes no difference between static and ephemeral.
func openSSLKeyExchange(i SuiteInfo) string {
	switch {
	case i.Auth == AuthRSAPSK:
		return "RSAPSK"
	case i.Auth == AuthPSK && i.KeyExchange != KeyExchangePSK:
		return string(i.KeyExchange) + "PSK"
	case i.KeyExchange == KeyExchangeDHE:
		return "DH"
	case i.KeyExchange == KeyExchangeECDHE:
		return "ECDH"
	}
	return string(i.KeyExchange)
}

func openSSLAuth(i SuiteInfo) string {
	switch i.Auth {
	case AuthAnon:
		return "None"
	case AuthRSAPSK:
		return "RSA"
	}
	return string(i.Auth)
}

func openSSLEncryption(i SuiteInfo) string {
	names := map[Cipher]string{CipherNull: "None", CipherCamellia: "Camellia", CipherAES: "AES", CipherARIA: "ARIA", CipherChaCha20: "CHACHA20/POLY1305"}
	name, ok := names[i.Cipher]
	if !ok {
		name = string(i.Cipher)
	}
	if i.Mode == ModeGCM || i.Mode == ModeCCM || i.Mode == ModeCCM8 {
		name += string(i.Mode)
	}
	if i.Null {
		return name
	}
	return name + "(" + strconv.Itoa(i.Bits) + ")"
}

var gnuTLSLine = regexp.MustCompile(`(?m)^(TLS_\S+)\s+0x(..), 0x(..)\s+TLS(1\.\d)`)

func TestSuitesAgreeWithGnuTLS(t *testing.T) {
	list := output(t, "gnutls-cli", "--list")
	lines := gnuTLSLine.FindAllStringSubmatch(list, -1)
	if len(lines) < 50 {
		t.Fatalf("gnutls-cli lists %d suites, want more than 50:\n%s", len(lines), list)
	}
	for _, line := range lines {
		info := listed(t, line[2], line[3])
		if info.GnuTLS != line[1] {
			t.Errorf("gnutls-cli calls it %s, the table %s", line[1], info.GnuTLS)
		}
		var min Version
		if err := min.UnmarshalText([]byte("TLS " + line[4])); err != nil || info.MinVersion > min {
			t.Errorf("%s: GnuTLS starts at TLS %s, the table at %v (%v)", info.Name, line[4], info.MinVersion, err)
		}
	}
}

func TestSuitesAgreeWithGo(t *testing.T) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		info, ok := Suite(suite.ID).Info()
		if !ok || info.Name != suite.Name {
			t.Errorf("crypto/tls calls %#x %s, the table %q", suite.ID, suite.Name, info.Name)
		}
		for _, version := range suite.SupportedVersions {
			if !info.Negotiable(Version(version)) {
				t.Errorf("%s: crypto/tls chooses it in %v", suite.Name, Version(version))
			}
		}
	}
}

func TestGroupsAgreeWithGo(t *testing.T) {
	for _, id := range []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519, tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024} {
		if info, ok := Group(id).Info(); !ok {
			t.Errorf("no group %v", id)
		} else if info.MaxVersion != TLS13 {
			t.Errorf("%v ends at %v", id, info.MaxVersion)
		}
	}
}
