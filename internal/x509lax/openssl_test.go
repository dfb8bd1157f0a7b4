package x509lax

import (
	"encoding/pem"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// openssl runs the command and gives what it wrote; without the program, the test is skipped.
func openssl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("needs openssl (Debian: openssl)")
	}
	cmd := exec.Command("openssl", args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// derOf takes the DER out of the first PEM block.
func derOf(t *testing.T, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatalf("no PEM in %q", text)
	}
	return block.Bytes
}

func TestReadAgreesWithOpenSSL(t *testing.T) {
	ec := func(curve string, more ...string) []string {
		return append([]string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve}, more...)
	}
	rsa := func(bits string) []string {
		return []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + bits}
	}
	pss := []string{"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"}
	tests := []struct {
		name      string
		key       []string
		request   []string
		algorithm string
		signature string
		problems  bool
	}{
		{"rsa 512 md5", rsa("512"), []string{"-md5"}, "RSA", "md5WithRSAEncryption", false},
		{"rsa 1024 sha1", rsa("1024"), []string{"-sha1"}, "RSA", "sha1WithRSAEncryption", false},
		{"rsa 1023 sha224", rsa("1023"), []string{"-sha224"}, "RSA", "sha224WithRSAEncryption", false},
		{"rsa ripemd160", rsa("1024"), []string{"-ripemd160"}, "RSA", "ripemd160WithRSA", false},
		{"rsa sha512-256", rsa("1024"), []string{"-sha512-256"}, "RSA", "sha512-256WithRSAEncryption", false},
		{"rsa sha3-256", rsa("1024"), []string{"-sha3-256"}, "RSA", "sha3-256WithRSA", false},
		{"rsa exponent 3", append(rsa("1024"), "-pkeyopt", "rsa_keygen_pubexp:3"), nil, "RSA", "sha256WithRSAEncryption", false},
		{"rsa pss signature", rsa("1024"), append(pss, "-sha256"), "RSA", "RSASSA-PSS-SHA-256", false},
		{"rsa pss sha1", rsa("1024"), append(pss, "-sha1"), "RSA", "RSASSA-PSS-SHA-1", false},
		{"rsa pss key", []string{"-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"}, append(pss, "-sha384"), "RSA-PSS", "RSASSA-PSS-SHA-384", false},
		{"negative serial", rsa("1024"), []string{"-set_serial", "-128"}, "RSA", "sha256WithRSAEncryption", true},
		{"zero serial", rsa("1024"), []string{"-set_serial", "0"}, "RSA", "sha256WithRSAEncryption", true},
		{"brainpool", ec("brainpoolP256r1"), nil, "EC", "ecdsa-with-SHA256", false},
		{"brainpool twisted", ec("brainpoolP512t1"), []string{"-sha512"}, "EC", "ecdsa-with-SHA512", false},
		{"secp256k1 sha1", ec("secp256k1"), []string{"-sha1"}, "EC", "ecdsa-with-SHA1", false},
		{"secp112r1", ec("secp112r1"), nil, "EC", "ecdsa-with-SHA256", false},
		{"binary", ec("sect283k1"), nil, "EC", "ecdsa-with-SHA256", false},
		{"ecdsa sha3", ec("P-256"), []string{"-sha3-384"}, "EC", "ecdsa-with-SHA3-384", false},
		{"explicit prime", ec("P-256", "-pkeyopt", "ec_param_enc:explicit"), nil, "EC", "ecdsa-with-SHA256", true},
		{"explicit binary", ec("sect409r1", "-pkeyopt", "ec_param_enc:explicit"), nil, "EC", "ecdsa-with-SHA256", true},
		{"ed25519", []string{"-algorithm", "ED25519"}, nil, "Ed25519", "Ed25519", false},
		{"ed448", []string{"-algorithm", "ED448"}, nil, "Ed448", "Ed448", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := selfSigned(t, test.key, test.request)
			der := derOf(t, text)
			got := Read(der)
			if got.PublicKey.Algorithm != test.algorithm || got.Signature.Name != test.signature {
				t.Errorf("got key %+v, signature %+v", got.PublicKey, got.Signature)
			}
			if (len(got.Problems) > 0) != test.problems {
				t.Errorf("problems %q", got.Problems)
			}
			compareText(t, der, text)
		})
	}
}

// selfSigned makes a certificate with all that [compareText] looks for.
func selfSigned(t *testing.T, keyArgs, requestArgs []string) string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key.pem")
	openssl(t, "", append([]string{"genpkey", "-out", key}, keyArgs...)...)
	return openssl(t, "", append([]string{"req", "-x509", "-key", key, "-days", "30", "-utf8",
		"-subj", `/C=DE/O=A, B + "C"/CN=mäil.example.org`,
		"-addext", "subjectAltName=DNS:a.example.org,DNS:*.example.org,IP:192.0.2.1,IP:2001:db8::1,email:a@example.org,URI:sip:b",
		"-addext", "keyUsage=digitalSignature,cRLSign", "-addext", "extendedKeyUsage=serverAuth,1.2.3.4",
		"-addext", "tlsfeature=status_request", "-addext", "certificatePolicies=1.2.3,2.23.140.1.2.1",
		"-addext", "authorityInfoAccess=OCSP;URI:http://o.example.org,caIssuers;URI:http://i.example.org",
	}, requestArgs...)...)
}

// compareText compares with what openssl prints.
func compareText(t *testing.T, der []byte, certificate string) {
	t.Helper()
	got := Read(der)
	text := openssl(t, certificate, "x509", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8")
	find := func(pattern string) string {
		match := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if match == nil {
			return ""
		}
		return match[1]
	}
	public := openssl(t, openssl(t, certificate, "x509", "-noout", "-pubkey"), "pkey", "-pubin", "-pubout")
	serial := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(openssl(t, certificate, "x509", "-noout", "-serial")), "serial="))
	checks := []struct{ field, got, want string }{
		{"subject", got.Subject.DN, find(`Subject: (.*)`)},
		{"serial", got.Serial, serial},
		{"not after", got.NotAfter.Format("Jan _2 15:04:05 2006 GMT"), find(`Not After : (.*)`)},
		{"key usage", strconv.Itoa(len(got.KeyUsage)), "2"},
		{"usage", strings.Join(got.ExtKeyUsage, " "), "serverAuth 1.2.3.4"},
		{"policies", strings.Join(got.Policies, " "), "1.2.3 2.23.140.1.2.1"},
		{"ocsp", strings.Join(got.OCSP, " "), "http://o.example.org"},
		{"issuers", strings.Join(got.CAIssuers, " "), "http://i.example.org"},
		{"names", strings.Join(got.Names.DNS, " "), "a.example.org *.example.org"},
		{"addresses", strings.Join(got.Names.IP, " "), "192.0.2.1 2001:db8::1"},
		{"must staple", strconv.FormatBool(got.MustStaple), "true"},
		{"self-signed", strconv.FormatBool(got.SelfSigned), "true"},
		{"key hash", got.PublicKey.SHA256, Read(withKey(derOf(t, public))).PublicKey.SHA256},
	}
	if bits := find(`Public-Key: \((\d+) bit\)`); bits != "" && !strings.HasPrefix(got.PublicKey.Curve, "sect") { // of those, openssl tells the bits of the order
		checks = append(checks, struct{ field, got, want string }{"bits", strconv.Itoa(got.PublicKey.Bits), bits})
	}
	if exponent := find(`Exponent: (\d+) `); exponent != "" {
		checks = append(checks, struct{ field, got, want string }{"exponent", got.PublicKey.Exponent, exponent})
	}
	if salt := find(`Salt Length: 0x([0-9A-F]+)`); salt != "" {
		checks = append(checks, struct{ field, got, want string }{"salt", strconv.FormatInt(int64(got.Signature.PSSSalt), 16), strings.ToLower(salt)})
	}
	for _, c := range checks {
		if c.got != c.want {
			t.Errorf("%s: got %q, openssl has %q", c.field, c.got, c.want)
		}
	}
}

// withKey is a certificate with that SubjectPublicKeyInfo.
func withKey(spki []byte) []byte {
	c := plain()
	c.key = spki
	return c.der()
}

// TestCurvesAgreeWithOpenSSL reads a key on each curve that openssl knows.
func TestCurvesAgreeWithOpenSSL(t *testing.T) {
	ours := map[string]string{"prime192v1": "secp192r1", "prime256v1": "secp256r1"}
	list := openssl(t, "", "ecparam", "-list_curves")
	for _, match := range regexp.MustCompile(`(?m)^\s+(\S+)\s*: .* over a (\d+) bit`).FindAllStringSubmatch(list, -1) {
		name, bits := match[1], match[2]
		if strings.HasPrefix(name, "wap-") {
			continue // other identifiers of curves that are in the list already
		}
		t.Run(name, func(t *testing.T) {
			params := derOf(t, openssl(t, "", "ecparam", "-name", name))
			got := Read(withKey(seq(seq(ecOID, params), bitStr([]byte{4})))).PublicKey
			want := name
			if other := ours[name]; other != "" {
				want = other
			}
			if got.Curve != want || strconv.Itoa(got.Bits) != bits {
				t.Errorf("got %q of %d bits, want %q of %s", got.Curve, got.Bits, want, bits)
			}
		})
	}
}
