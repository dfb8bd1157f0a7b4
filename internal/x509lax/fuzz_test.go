package x509lax

import (
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/evidence"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// FuzzRead holds for any bytes: no panic, the same twice, valid UTF-8, JSON that reads back, few problems. What
// crypto/x509 accepts too must be read alike.
func FuzzRead(f *testing.F) {
	n := 0
	for root := range bundle.Roots() {
		if n++; n%20 == 0 {
			f.Add(root.Certificate)
		}
	}
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		got := Read(der)
		if diff := cmp.Diff(got, Read(der)); diff != "" {
			t.Error(diff)
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if !validTexts(got) || len(got.Problems) > maxProblems+1 {
			t.Errorf("bad text or too many problems: %s", text)
		}
		var back evidence.Certificate
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, &back); diff != "" && len(der) > 0 {
			t.Error(diff)
		}
		if want, err := x509.ParseCertificate(der); err == nil && len(got.Problems) == 0 {
			for _, d := range differences(got, want) {
				t.Error(d)
			}
		}
	})
}

func validTexts(c *evidence.Certificate) bool {
	texts := []string{c.Subject.DN, c.Subject.CommonName, c.Issuer.DN, c.Issuer.Organization}
	for _, list := range [][]string{c.Names.DNS, c.Names.Email, c.Names.URI, c.Names.Directory, c.OCSP, c.CRLs, c.CAIssuers, c.Problems} {
		texts = append(texts, list...)
	}
	for _, name := range c.Names.Other {
		texts = append(texts, name.Value)
	}
	return utf8.ValidString(strings.Join(texts, ""))
}

// seeds are certificates that use what this package reads.
func seeds() [][]byte {
	rich := plain()
	rich.extensions = [][]byte{
		sanExt(dns("a.example.org"), str(nameIP, "\xc0\x00\x02\x01"), tlv(nameDirectory, dn("dir")),
			tlv(nameOther, oid(1, 3, 6, 1, 5, 5, 7, 8, 9), explicit(0, str(tagUTF8, "é@b")))),
		ext(oid(2, 5, 29, 14), str(tagOctetString, "keyid")), ext(oid(2, 5, 29, 35), seq(str(context0, "keyid"))),
		ext(oid(2, 5, 29, 19), seq(tlv(tagBoolean, []byte{0xff}), num(1))),
		ext(oid(2, 5, 29, 15), tlv(tagBitString, []byte{5, 0xa0})), ext(oid(2, 5, 29, 37), seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1))),
		ext(oid(2, 5, 29, 31), seq(seq(explicit(0, explicit(0, str(nameURI, "http://c")))))),
		ext(oid(2, 5, 29, 32), seq(seq(oid(1, 2, 3)))), ext(oid(1, 3, 6, 1, 5, 5, 7, 1, 24), seq(num(5))),
		ext(oid(1, 3, 6, 1, 5, 5, 7, 1, 1), seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 48, 1), str(nameURI, "http://o")))),
		ext(oid(1, 3, 6, 1, 4, 1, 11129, 2, 4, 2), str(tagOctetString, "\x00\x06\x00\x01a\x00\x01b")),
	}
	explicitCurve := plain()
	explicitCurve.key = seq(seq(ecOID, seq(num(1), seq(oid(1, 2, 840, 10045, 1, 1), bigNum(odd(256))))), bitStr(make([]byte, 65)))
	pss := plain()
	pss.outer = seq(oid(1, 2, 840, 113549, 1, 1, 10), seq(explicit(2, num(32))))
	odd := plain()
	odd.serial, odd.subject = num(-5), seq(set(attribute(3, tagBMP, "\x00M")), set(attribute(99, tagT61, "\xfc")))
	odd.validity = seq(str(tagUTCTime, "2601010000+0100"), str(tagGenTime, "99991231235959Z"))
	return [][]byte{nil, plain().der(), rich.der(), explicitCurve.der(), pss.der(), odd.der()}
}

// FuzzVerify holds for any two certificates: no panic, and trust only without a reason against it.
func FuzzVerify(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed, plain().der())
	}
	f.Fuzz(func(t *testing.T, leaf, other []byte) {
		pool := x509.NewCertPool()
		if c, err := x509.ParseCertificate(other); err == nil {
			pool.AddCert(c)
		}
		got := Verify([][]byte{leaf, other}, pool, []string{"mail.example.org"}, now)
		if got.Trusted != (len(got.Reasons) == 0) || got.Trusted && len(got.Path) == 0 {
			t.Errorf("got %+v", got)
		}
	})
}
