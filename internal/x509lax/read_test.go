package x509lax

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/evidence"
)

// changed reads the plain certificate after a change.
func changed(change func(*cert)) *evidence.Certificate {
	c := plain()
	change(&c)
	return Read(c.der())
}

func TestReadPlain(t *testing.T) {
	got := Read(plain().der())
	if len(got.Problems) > 0 {
		t.Errorf("problems %q", got.Problems)
	}
	if got.Subject.DN != "CN=mail.example.org" || got.PublicKey.Bits != 2048 || got.SelfIssued {
		t.Errorf("got %+v", got)
	}
}

func TestSerial(t *testing.T) {
	tests := []struct {
		name, want, problem string
		der                 []byte
	}{
		{"small", "05", "", num(5)},
		{"high bit", "80", "", num(128)},
		{"zero", "00", "zero", num(0)},
		{"negative", "-01", "negative", num(-1)},
		{"negative 128", "-80", "negative", raw(0x80)},
		{"forty bytes", strings.Repeat("7f", 40), "40 bytes", raw([]byte(strings.Repeat("\x7f", 40))...)},
		{"too long to keep", strings.Repeat("7f", 64), "only the first 64", raw([]byte(strings.Repeat("\x7f", 65))...)},
		{"padded", "05", "shortest", raw(0, 0, 5)},
		{"empty", "", "empty", raw()},
		{"no integer", "", "tag 0x04", str(tagOctetString, "abc")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.serial = test.der })
			if got.Serial != test.want {
				t.Errorf("got %q, want %q", got.Serial, test.want)
			}
			wantProblem(t, got, test.problem)
		})
	}
}

// wantProblem looks for a problem with that text, or for none if it is empty. Whatever it is, the rest must be read.
func wantProblem(t *testing.T, got *evidence.Certificate, text string) {
	t.Helper()
	all := strings.Join(got.Problems, "\n")
	if text == "" && all != "" || !strings.Contains(all, text) {
		t.Errorf("problems %q, want %q", got.Problems, text)
	}
	if got.Signature.Name != "sha256WithRSAEncryption" || got.Issuer.CommonName != "Issuer" {
		t.Errorf("the rest was not read: %+v", got)
	}
}

func TestVersion(t *testing.T) {
	tests := []struct {
		name, problem string
		der           []byte
		want          int
	}{
		{"absent", "", nil, 1},
		{"two", "", explicit(0, num(1)), 2},
		{"four", "not 1, 2 or 3", explicit(0, num(3)), 4},
		{"negative", "not 1, 2 or 3", explicit(0, num(-1)), 0},
		{"huge", "not 1, 2 or 3", explicit(0, raw(1, 2, 3, 4, 5, 6, 7, 8, 9)), 0},
		{"empty", "missing", explicit(0), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.version = test.der })
			if got.Version != test.want {
				t.Errorf("got %d, want %d", got.Version, test.want)
			}
			wantProblem(t, got, test.problem)
		})
	}
}

func TestTime(t *testing.T) {
	tests := []struct {
		name string
		tag  byte
		text string
		want string // RFC 3339, empty if it cannot be read
		der  bool
	}{
		{"utc", tagUTCTime, "260102030405Z", "2026-01-02T03:04:05Z", true},
		{"utc last century", tagUTCTime, "500102030405Z", "1950-01-02T03:04:05Z", true},
		{"utc without seconds", tagUTCTime, "2601020304Z", "2026-01-02T03:04:00Z", false},
		{"utc offset", tagUTCTime, "260102030405+0130", "2026-01-02T01:34:05Z", false},
		{"utc without zone", tagUTCTime, "260102030405", "2026-01-02T03:04:05Z", false},
		{"utc with four digits of year", tagUTCTime, "20260102030405Z", "", false},
		{"utc without minutes", tagUTCTime, "26010203Z", "", false},
		{"generalized", tagGenTime, "20500102030405Z", "2050-01-02T03:04:05Z", true},
		{"no end", tagGenTime, "99991231235959Z", "9999-12-31T23:59:59Z", true},
		{"beyond the end", tagGenTime, "99991231235959-0001", "", false},
		{"before the beginning", tagGenTime, "00000101000000Z", "", false},
		{"fraction", tagGenTime, "20500102030405.678Z", "2050-01-02T03:04:05Z", false},
		{"hour only", tagGenTime, "2050010203", "2050-01-02T03:00:00Z", false},
		{"leap day", tagGenTime, "20520229000000Z", "2052-02-29T00:00:00Z", true},
		{"no leap day", tagGenTime, "20510229000000Z", "", false},
		{"month 13", tagGenTime, "20501302030405Z", "", false},
		{"hour 24", tagGenTime, "20500102240000Z", "", false},
		{"second 60", tagGenTime, "20500102000060Z", "", false},
		{"letters", tagGenTime, "2050010203O405Z", "", false},
		{"trailing", tagGenTime, "20500102030405ZZ", "", false},
		{"empty", tagGenTime, "", "", false},
		{"half a digit pair", tagUTCTime, "2601020304051Z", "", false},
		{"sign only", tagUTCTime, "260102030405+", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) {
				c.validity = seq(str(tagUTCTime, "500101000000Z"), str(test.tag, test.text))
			})
			text := ""
			if !got.NotAfter.IsZero() {
				text = got.NotAfter.Format(time.RFC3339)
			}
			if text != test.want || (len(got.Problems) == 0) != test.der {
				t.Errorf("got %q with problems %q", text, got.Problems)
			}
		})
	}
}

func TestRSAKey(t *testing.T) {
	even := new(big.Int).Lsh(big.NewInt(1), 1023)
	negative := seq(seq(rsaOID, null()), bitStr(seq(raw(0xff, 0x01, 0x03), num(3))))
	tests := []struct {
		name, exponent, problem string
		der                     []byte
		bits                    int
	}{
		{"384", "3", "", rsaKey(odd(384), big.NewInt(3)), 384},
		{"16384", "65537", "", rsaKey(odd(16384), big.NewInt(65537)), 16384},
		{"even modulus", "65537", "RSA modulus: even", rsaKey(even, big.NewInt(65537)), 1024},
		{"negative modulus", "3", "RSA modulus: negative", negative, 24},
		{"zero modulus", "3", "RSA modulus: even", rsaKey(new(big.Int), big.NewInt(3)), 0},
		{"exponent 1", "1", "below 3", rsaKey(odd(512), big.NewInt(1)), 512},
		{"exponent 64 bits", "18446744073709551615", "", rsaKey(odd(512), new(big.Int).SetUint64(1<<64-1)), 512},
		{"exponent 65 bits", "0x010000000000000001", "", rsaKey(odd(512), odd(65)), 512},
		{"not even a sequence", "", "RSA key: tag", seq(seq(rsaOID, null()), bitStr(num(1))), 0},
		{"no key", "", "public key: missing", seq(seq(rsaOID, null())), 0},
		{"no exponent", "", "RSA exponent: missing", seq(seq(rsaOID, null()), bitStr(seq(bigNum(odd(512))))), 512},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.key = test.der })
			if k := got.PublicKey; k.Algorithm != "RSA" || k.Bits != test.bits || k.Exponent != test.exponent || len(k.SHA256) != 64 {
				t.Errorf("got %+v", k)
			}
			wantProblem(t, got, test.problem)
		})
	}
}

func TestOtherKeys(t *testing.T) {
	key := func(alg []byte, size int, params ...[]byte) []byte {
		return seq(seq(append([][]byte{alg}, params...)...), bitStr(make([]byte, size)))
	}
	mlDSA := func(n int) []byte { return oid(2, 16, 840, 1, 101, 3, 4, 3, n) }
	prime := seq(bigNum(odd(1024)), bigNum(odd(160)), num(2))
	tests := []struct {
		name, problem string
		der           []byte
		want          evidence.PublicKey
	}{
		{"x25519", "", key(oid(1, 3, 101, 110), 32), evidence.PublicKey{Algorithm: "X25519", Bits: 256}},
		{"ed25519 short", "31 bytes instead of 32", key(oid(1, 3, 101, 112), 31), evidence.PublicKey{Algorithm: "Ed25519", Bits: 256}},
		{"ed448", "", key(oid(1, 3, 101, 113), 57), evidence.PublicKey{Algorithm: "Ed448", Bits: 456}},
		{"ml-dsa-44", "", key(mlDSA(17), 1312), evidence.PublicKey{Algorithm: "ML-DSA-44"}},
		{"ml-dsa-87", "", key(mlDSA(19), 2592), evidence.PublicKey{Algorithm: "ML-DSA-87"}},
		{"dsa", "", key(oid(1, 2, 840, 10040, 4, 1), 128, prime), evidence.PublicKey{Algorithm: "DSA", Bits: 1024}},
		{"dsa inherited", "no parameters", key(oid(1, 2, 840, 10040, 4, 1), 128), evidence.PublicKey{Algorithm: "DSA"}},
		{"unknown", "", key(oid(1, 2, 3, 4), 9), evidence.PublicKey{Algorithm: "1.2.3.4"}},
		{"unknown curve", "", key(ecOID, 9, oid(1, 2, 3)), evidence.PublicKey{Algorithm: "EC", Curve: "1.2.3"}},
		{"implicit curve", "neither named", key(ecOID, 9, null()), evidence.PublicKey{Algorithm: "EC"}},
		{"no curve", "curve: missing", key(ecOID, 9), evidence.PublicKey{Algorithm: "EC"}},
		{"no point", "no point", key(ecOID, 65, oid(1, 3, 132, 0, 10)), evidence.PublicKey{Algorithm: "EC", Curve: "secp256k1", Bits: 256}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.key = test.der })
			wantProblem(t, got, test.problem)
			k := got.PublicKey
			k.OID, k.SHA256 = "", ""
			if diff := cmp.Diff(test.want, k); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSignature(t *testing.T) {
	md5 := seq(oid(1, 2, 840, 113549, 1, 1, 4), null())
	pss := oid(1, 2, 840, 113549, 1, 1, 10)
	sha256 := seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 1), null())
	mgf1 := seq(oid(1, 2, 840, 113549, 1, 1, 8), sha256)
	tests := []struct {
		name, problem string
		der           []byte
		want          evidence.CertSignature
	}{
		{"md5", "", md5, evidence.CertSignature{Name: "md5WithRSAEncryption", Algorithm: "RSA", Hash: "MD5"}},
		{"md2", "", seq(oid(1, 2, 840, 113549, 1, 1, 2), null()), evidence.CertSignature{Name: "md2WithRSAEncryption", Algorithm: "RSA", Hash: "MD2"}},
		{"ml-dsa", "", seq(oid(2, 16, 840, 1, 101, 3, 4, 3, 18)), evidence.CertSignature{Name: "ML-DSA-65", Algorithm: "ML-DSA-65"}},
		{"unknown", "", seq(oid(1, 2, 3, 4)), evidence.CertSignature{Name: "1.2.3.4", Algorithm: "1.2.3.4"}},
		{"pss", "", seq(pss, seq(explicit(0, sha256), explicit(1, mgf1), explicit(2, num(32)))),
			evidence.CertSignature{Name: "RSASSA-PSS-SHA-256", Algorithm: "RSA-PSS", Hash: "SHA-256", PSSSalt: 32}},
		{"pss defaults", "", seq(pss, seq()), evidence.CertSignature{Name: "RSASSA-PSS-SHA-1", Algorithm: "RSA-PSS", Hash: "SHA-1", PSSSalt: 20}},
		{"pss mixed", "two different hashes", seq(pss, seq(explicit(0, sha256))),
			evidence.CertSignature{Name: "RSASSA-PSS-SHA-256", Algorithm: "RSA-PSS", Hash: "SHA-256", PSSSalt: 20}},
		{"pss bad salt", "impossible salt", seq(pss, seq(explicit(2, num(-1)))),
			evidence.CertSignature{Name: "RSASSA-PSS-SHA-1", Algorithm: "RSA-PSS", Hash: "SHA-1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.inner, c.outer = test.der, test.der })
			s := got.Signature
			s.OID = ""
			if diff := cmp.Diff(test.want, s); diff != "" {
				t.Error(diff)
			}
			if all := strings.Join(got.Problems, "\n"); test.problem == "" && all != "" || !strings.Contains(all, test.problem) {
				t.Errorf("problems %q", got.Problems)
			}
		})
	}
	t.Run("inner differs", func(t *testing.T) {
		got := changed(func(c *cert) { c.inner = md5 })
		wantProblem(t, got, "differs from signatureAlgorithm")
	})
}

func TestHostileText(t *testing.T) {
	tests := []struct {
		name string
		tag  byte
		in   string
		dn   string
		cn   string
	}{
		{"nul", tagUTF8, "good.org\x00.evil", `CN=good.org\00.evil`, "good.org\x00.evil"},
		{"escape sequence", tagUTF8, "\x1b[2J\x07", "CN=\x1b[2J\x07", "\x1b[2J\x07"},
		{"line feed", tagPrintable, "a\r\nb", "CN=a\r\nb", "a\r\nb"},
		{"invalid utf-8", tagUTF8, "a\xff\xfeb", "CN=a\uFFFDb", "a\uFFFDb"},
		{"latin 1", tagT61, "M\xfcller", "CN=Müller", "Müller"},
		{"bmp", tagBMP, "\x00M\x00\xfc", "CN=Mü", "Mü"},
		{"bmp half", tagBMP, "\x00M\x00", "CN=M", "M"},
		{"bmp lone surrogate", tagBMP, "\xd8\x00", "CN=\uFFFD", "\uFFFD"},
		{"universal", tagUniversal, "\x00\x01\xf4\xa9", "CN=\U0001F4A9", "\U0001F4A9"},
		{"universal beyond", tagUniversal, "\xff\xff\xff\xff", "CN=\uFFFD", "\uFFFD"},
		{"no string", tagInteger, "\x05", "CN=#020105", ""},
		{"dn injection", tagUTF8, "a,O=b", `CN=a\,O=b`, "a,O=b"},
		{"spaces", tagUTF8, " # ", `CN=\ #\ `, " # "},
		{"empty", tagUTF8, "", "CN=", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.subject = seq(set(attribute(3, test.tag, test.in))) }).Subject
			if got.DN != test.dn || got.CommonName != test.cn {
				t.Errorf("got %+q", got)
			}
		})
	}
}

func TestAltNames(t *testing.T) {
	got := changed(func(c *cert) {
		c.extensions = [][]byte{sanExt(
			dns("a.example.org"), dns("b\x00.example.org"), dns("m\xc3\xa4il.example.org"), str(nameEmail, "a@b"), str(nameURI, "x:y"),
			str(nameIP, "\xc0\x00\x02\x01"), str(nameIP, "\x01\x02\x03"), tlv(nameDirectory, dn("dir")),
			tlv(nameOther, oid(1, 3, 6, 1, 5, 5, 7, 8, 9), explicit(0, str(tagUTF8, "é@b"))),
			tlv(nameOther, oid(1, 3, 6, 1, 5, 5, 7, 8, 7), explicit(0, str(tagIA5, "_imap.b"))),
			tlv(nameOther, oid(1, 2, 3), explicit(0, num(5))), str(nameID, "\x2a\x03"), str(0x89, "?"),
		)}
	})
	want := evidence.AltNames{
		DNS: []string{"a.example.org", "b\x00.example.org", "mäil.example.org"}, Email: []string{"a@b"}, URI: []string{"x:y"},
		IP: []string{"192.0.2.1", "#010203"}, Directory: []string{"CN=dir"}, Count: 13,
		Other: []evidence.OtherName{
			{Type: "SmtpUTF8Mailbox", Value: "é@b"}, {Type: "SRVName", Value: "_imap.b"}, {Type: "1.2.3", Value: "#020105"},
			{Type: "registeredID", Value: "1.2.3"}, {Type: "unknown", Value: "#89013f"},
		},
	}
	if diff := cmp.Diff(want, got.Names); diff != "" {
		t.Error(diff)
	}
	problems := []string{"subjectAltName: not ASCII", "subjectAltName: IP address of 3 bytes", "subjectAltName: unknown kind 0x89"}
	if diff := cmp.Diff(problems, got.Problems); diff != "" {
		t.Error(diff)
	}
}

func TestExtensions(t *testing.T) {
	usage := func(b ...byte) []byte { return ext(oid(2, 5, 29, 15), tlv(tagBitString, b)) }
	basic := func(parts ...[]byte) []byte { return ext(oid(2, 5, 29, 19), seq(parts...)) }
	yes := tlv(tagBoolean, []byte{0xff})
	sct := oid(1, 3, 6, 1, 4, 1, 11129, 2, 4, 2)
	tests := []struct {
		name, problem string
		der           []byte
		value         func(*evidence.Certificate) any
		want          any
	}{
		{"no usage", "keyUsage: no usage", usage(7, 0), func(c *evidence.Certificate) any { return c.KeyUsage != nil }, true},
		{"usage cut", "keyUsage: malformed", usage(), func(c *evidence.Certificate) any { return c.KeyUsage == nil }, true},
		{"nine bits", "", usage(7, 0x80, 0x80), func(c *evidence.Certificate) any { return strings.Join(c.KeyUsage, "+") }, "digitalSignature+decipherOnly"},
		{"ca", "", basic(yes, num(3)), func(c *evidence.Certificate) any { return *c.BasicConstraints.PathLen }, 3},
		{"negative path", "impossible path", basic(yes, num(-3)), func(c *evidence.Certificate) any { return c.BasicConstraints.PathLen == nil }, true},
		{"odd boolean", "neither 0x00", basic(tlv(tagBoolean, []byte{1})), func(c *evidence.Certificate) any { return c.BasicConstraints.CA }, true},
		{"two timestamps", "", ext(sct, str(tagOctetString, "\x00\x06\x00\x01a\x00\x01b")), func(c *evidence.Certificate) any { return c.SCTs }, 2},
		{"timestamp cut", "sctList: malformed", ext(sct, str(tagOctetString, "\x00\x06\x00\x01a\x00\x02b")), func(c *evidence.Certificate) any { return c.SCTs }, 1},
		{"critical and unknown", "", seq(oid(1, 2, 3), yes, tlv(tagOctetString)),
			func(c *evidence.Certificate) any { return fmt.Sprint(c.Extensions) }, "[{1.2.3  true}]"},
		{"without a value", "extension: missing", seq(oid(1, 2, 3)), func(c *evidence.Certificate) any { return len(c.Extensions) }, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(func(c *cert) { c.extensions = [][]byte{test.der} })
			if value := test.value(got); value != test.want {
				t.Errorf("got %v, want %v", value, test.want)
			}
			wantProblem(t, got, test.problem)
		})
	}
	t.Run("twice", func(t *testing.T) {
		got := changed(func(c *cert) { c.extensions = [][]byte{sanExt(dns("a")), sanExt(dns("b"))} })
		wantProblem(t, got, "2.5.29.17: comes twice")
		if !slices.Equal(got.Names.DNS, []string{"a"}) {
			t.Errorf("got %q", got.Names.DNS)
		}
	})
}

// TestReadTruncated cuts a rich certificate after each byte: what is still told must be true of the whole.
func TestReadTruncated(t *testing.T) {
	c := plain()
	c.extensions = [][]byte{
		sanExt(dns("a.example.org"), dns("b.example.org")), ext(oid(2, 5, 29, 14), str(tagOctetString, "keyid")),
		ext(oid(2, 5, 29, 37), seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1))),
	}
	der := c.der()
	whole := Read(der)
	for n := range der {
		got := Read(der[:n])
		if len(got.Problems) == 0 {
			t.Errorf("%d bytes: no problem", n)
		}
		for _, field := range []struct{ name, got, want string }{
			{"serial", got.Serial, whole.Serial}, {"subject", got.Subject.DN, whole.Subject.DN},
			{"key", got.PublicKey.SHA256, whole.PublicKey.SHA256}, {"key id", got.SubjectKeyID, whole.SubjectKeyID},
			{"signature", got.Signature.Name, whole.Signature.Name}, {"usage", strings.Join(got.ExtKeyUsage, ""), "serverAuth"},
		} {
			if field.got != "" && field.got != field.want {
				t.Errorf("%d bytes: %s is %q, in the whole %q", n, field.name, field.got, field.want)
			}
		}
		if dns := got.Names.DNS; !slices.Equal(dns, whole.Names.DNS[:len(dns)]) {
			t.Errorf("%d bytes: names %q", n, dns)
		}
	}
}

func TestOddLengths(t *testing.T) {
	der := plain().der()
	body := der[4:]
	long := slices.Concat([]byte{tagSequence, 0x84, 0, 0, byte(len(body) >> 8), byte(len(body))}, body)
	tests := []struct {
		name, problem string
		der           []byte
		read          bool
	}{
		{"nothing", "certificate: missing", nil, false},
		{"one byte", "neither tag nor length", der[:1], false},
		{"length not shortest", "not in its shortest form", long, true},
		{"indefinite", "neither tag nor length", slices.Concat([]byte{tagSequence, 0x80}, body, []byte{0, 0}), false},
		{"nine bytes of length", "neither tag nor length", slices.Concat([]byte{tagSequence, 0x89}, body), false},
		{"length of 2^64-1", "cut off", slices.Concat([]byte{tagSequence, 0x88, 255, 255, 255, 255, 255, 255, 255, 255}, body), true},
		{"trailing", "3 bytes too many", slices.Concat(der, []byte("abc")), true},
		{"high tag number", "neither tag nor length", []byte{0x3f, 0x81, 0x00, 0x00}, false},
		{"garbage", "tag 0x48", []byte("HTTP/1.1 400 Bad Request\r\n"), false},
		{"too large", "more than the 1048576", make([]byte, MaxDER+1), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Read(test.der)
			if all := strings.Join(got.Problems, "\n"); !strings.Contains(all, test.problem) {
				t.Errorf("problems %q", got.Problems)
			}
			if (got.Serial != "") != test.read {
				t.Errorf("serial %q", got.Serial)
			}
			if got.Size != len(test.der) || len(got.SHA256) != 64 {
				t.Errorf("size %d, hash %q", got.Size, got.SHA256)
			}
		})
	}
}

// TestLimits fills a certificate of almost [MaxDER] with one kind of thing after the other. The report stays small.
func TestLimits(t *testing.T) {
	many := func(part []byte) []byte { return slices.Repeat(part, (MaxDER-4000)/len(part)) }
	tests := []struct {
		name   string
		change func(*cert)
		check  func(*evidence.Certificate) bool
	}{
		{"names", func(c *cert) { c.extensions = [][]byte{sanExt(many(dns("a")))} },
			func(c *evidence.Certificate) bool { return len(c.Names.DNS) == MaxNames && c.Names.Count > 300_000 }},
		{"bad names", func(c *cert) { c.extensions = [][]byte{sanExt(many(dns("\xff")))} },
			func(c *evidence.Certificate) bool { return len(c.Problems) <= maxProblems+1 }},
		{"one long name", func(c *cert) { c.extensions = [][]byte{sanExt(tlv(nameDNS, many([]byte("a"))))} },
			func(c *evidence.Certificate) bool { return len(c.Names.DNS[0]) == maxText }},
		{"extensions", func(c *cert) { c.extensions = [][]byte{many(ext(oid(1, 2, 3), nil))} },
			func(c *evidence.Certificate) bool { return len(c.Extensions) == maxList }},
		{"parts of the subject", func(c *cert) { c.subject = seq(many(set(attribute(3, tagUTF8, "a")))) },
			func(c *evidence.Certificate) bool { return len(c.Subject.DN) < maxText }},
		{"attributes of one part", func(c *cert) { c.subject = seq(set(many(attribute(3, tagUTF8, "a")))) },
			func(c *evidence.Certificate) bool { return len(c.Subject.DN) < maxText }},
		{"usages", func(c *cert) { c.extensions = [][]byte{ext(oid(2, 5, 29, 37), seq(many(oid(1, 2))))} },
			func(c *evidence.Certificate) bool { return len(c.ExtKeyUsage) == maxList }},
		{"serial", func(c *cert) { c.serial = raw(many([]byte{0x81})...) },
			func(c *evidence.Certificate) bool { return len(c.Serial) == 2*maxSerial+1 }},
		{"modulus", func(c *cert) { c.key = seq(seq(rsaOID), bitStr(seq(raw(many([]byte{0x81})...), num(3)))) },
			func(c *evidence.Certificate) bool { return c.PublicKey.Bits > 8_000_000 }},
		{"exponent", func(c *cert) { c.key = seq(seq(rsaOID), bitStr(seq(num(15), raw(many([]byte{0x81})...)))) },
			func(c *evidence.Certificate) bool { return len(c.PublicKey.Exponent) < maxText+8 }},
		{"object identifier", func(c *cert) { c.extensions = [][]byte{ext(tlv(tagOID, many([]byte{0x81})), nil)} },
			func(c *evidence.Certificate) bool { return len(c.Extensions) == 1 }},
		{"timestamps", func(c *cert) {
			list := slices.Concat([]byte{0xff, 0xff}, slices.Repeat([]byte{0, 1, 0}, 0xffff/3))
			c.extensions = [][]byte{ext(oid(1, 3, 6, 1, 4, 1, 11129, 2, 4, 2), tlv(tagOctetString, list))}
		}, func(c *evidence.Certificate) bool { return c.SCTs == 0xffff/3 }},
		{"nesting", func(c *cert) { c.subject = many([]byte{tagSequence, 0x82, 0xff, 0xff}) },
			func(c *evidence.Certificate) bool { return c.Version == 3 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := plain()
			test.change(&c)
			der := c.der()
			if len(der) > MaxDER || len(der) < 60_000 {
				t.Fatalf("the test certificate has %d bytes", len(der))
			}
			got := Read(der)
			got.DER = nil
			if !test.check(got) {
				t.Errorf("got %.2000v", got)
			}
			if text, err := json.Marshal(got); err != nil || len(text) > 100_000 {
				t.Errorf("%d bytes of JSON, error %v", len(text), err)
			}
		})
	}
}
