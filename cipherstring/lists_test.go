package cipherstring

import (
	"math/rand"
	"strings"
)

// handPicked are cipher lists that servers are really given, and corners of the language.
var handPicked = []string{
	"ALL:!ECDHE-RSA-RC4-SHA:!ADH:!LOW:!EXP:!MD5:!RC4-SHA:@STRENGTH",
	"DEFAULT", "ALL", "HIGH", "MEDIUM", "LOW", "EXPORT", "COMPLEMENTOFDEFAULT", "COMPLEMENTOFALL", "ALL:COMPLEMENTOFALL",
	"aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:!eNULL:+RC4:@STRENGTH", // Postfix 2.x
	"aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH",                   // Postfix 3.x
	"aNULL:-aNULL:HIGH:@STRENGTH",
	"ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH:!LOW@STRENGTH", // Dovecot 2.3
	"ALL:!LOW:!SSLv2:!EXP:!aNULL",                                                                  // Dovecot 2.2
	"HIGH:!aNULL:!MD5", "HIGH:!aNULL:!kRSA:!PSK:!SRP:!MD5:!RC4", "EECDH+AESGCM:EDH+AESGCM:AES256+EECDH:AES256+EDH",
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" +
		"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384", // Mozilla intermediate
	"ECDH+AESGCM:DH+AESGCM:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:RSA+AESGCM:RSA+AES:!aNULL:!MD5:!DSS",
	"kEECDH:+kEECDH+SHA:kEDH:+kEDH+SHA:+kEDH+CAMELLIA:kECDH:+kECDH+SHA:kRSA:+kRSA+SHA:+kRSA+CAMELLIA:!aNULL:!eNULL:!SSLv2:!RC4:!MD5:!DES:!EXP:!SEED:!IDEA:!3DES",
	"RC4-SHA:RC4:ECDHE-RSA-AES256-SHA:AES256-SHA:HIGH:!ADH:!AECDH:!MD5",
	"SUITEB128", "SUITEB128ONLY", "SUITEB128C2", "SUITEB192", "SUITEB128:ALL", "ALL:SUITEB128",
	"DEFAULT:@STRENGTH", "DEFAULT@STRENGTH", "DEFAULTAES128-SHA", "DEFAULT:-AES", "AES:DEFAULT", "!AES:DEFAULT", "DEFAULT:DEFAULT",
	"AES+SHA", "AES+SHA256+kRSA", "AES128-SHA+kRSA", "AES128-SHA+TLSv1.2", "AES128-SHA+AES256-SHA", "SSLv3+TLSv1", "TLSv1.2+SSLv3",
	"HIGH+MEDIUM", "ECDHE+RSA", "RSA+ECDHE", "kRSA+aRSA", "AES+FOO", "FOO+AES", "FOO:AES", "!FOO:AES", "AES:!FOO", "foo", "aes",
	"AES128:AES256:-AES:AES", "ALL:-AES:-CAMELLIA:AES", "AES:!AES:AES", "+AES", "-AES", "!AES", "AES128:+SHA:+SHA256", "ALL:+kRSA",
	"AES128-SHA!AES", "AES128-SHA:@STRENGTH+foo", "AES,SHA;MD5 RSA", "::AES::", "AES: SHA", " AES", "", ":", " ", "@STRENGTH", "@STRENGTH:AES",
	"AES:@STRENGTH:CAMELLIA", "ALL:@strength", "AES:@FOO", "AES:@", "AES:!", "AES:-", "AES:+", "AES+", "AES++SHA", "AES:*", "AES*", "é", "AES:!!MD5",
	"HIGH:--AES", "-!AES", "AES:@SECLEVEL=0", "AES:@SECLEVEL=5", "AES:@SECLEVEL=6", "AES:@SECLEVEL=", "AES:@SECLEVEL=10", "AES:@SECLEVEL=-1", "@SECLEVEL=3",
	"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256:AES128-SHA", "AES_128", "A_B:AES", "A=B:AES", "A.B:AES",
	"kECDHE:kDHE:kRSA", "kEDH:kEECDH", "PSK", "kPSK", "kRSAPSK:kDHEPSK:kECDHEPSK", "SRP", "aSRP", "aPSK", "aDSS", "DSS", "aECDH", "aDH", "kDH", "ADH:AECDH",
	"FIPS", "FIPS:!kRSA", "HIGH+FIPS", "CBC", "CHACHA20", "ARIA:ARIA128", "CAMELLIA:CAMELLIA256:CAMELLIA128", "AESCCM:AESCCM8", "AESGCM+ECDHE:AESGCM",
	"NULL", "eNULL", "eNULL:ALL", "ALL:eNULL", "NULL-MD5:NULL-SHA", "SHA384:SHA256:SHA1:SHA:MD5", "SEED:IDEA:3DES:DES:RC2:RC4", "GOST:kGOST:aGOST",
	"EDH-RSA-DES-CBC3-SHA", "DHE-RSA-DES-CBC3-SHA", "DES-CBC3-SHA:ALL", "3DES:RC4:HIGH", "RC4:3DES:HIGH:-RC4:-3DES:ALL", "ALL:-RC4:RC4", "ALL:-3DES:-RC4:MEDIUM:@STRENGTH",
	"TLSv1.0", "TLSv1", "SSLv3", "TLSv1.2", "TLSv1.1", "TLSv1.3", "TLSv1:TLSv1.2", "SSLv2:SSLv3", "EECDH:EDH:ECDHE:DHE", "ECDH:DH",
}

// randomList writes a cipher list of words that OpenSSL knows and some that it does not.
func randomList(r *rand.Rand, words []string) string {
	pick := func(from ...string) string { return from[r.Intn(len(from))] }
	name := func() string {
		if r.Intn(40) == 0 {
			return pick("FOO", "aes", "DEFAULT", "RSA-", "TLS1.2", "HIGH_")
		}
		return words[r.Intn(len(words))]
	}
	var b strings.Builder
	b.WriteString(pick("", "", "", "ALL:", "ALL:", "DEFAULT:", "HIGH:", "ALL:COMPLEMENTOFALL:"))
	for range 1 + r.Intn(8) {
		if r.Intn(8) == 0 {
			b.WriteString(pick("@STRENGTH:", "@STRENGTH:", "@STRENGTH:", "@SECLEVEL=0:"))
		}
		b.WriteString(pick("", "", "", "", "-", "-", "!", "!", "+", "+"))
		b.WriteString(name())
		for r.Intn(3) == 0 {
			b.WriteString("+" + name())
		}
		b.WriteString(pick(":", ":", ":", ":", ":", ":", ":", ":", ",", " ", ";", "::", "!"))
	}
	return b.String()
}

// listsFor returns the hand-picked lists and n random ones, always the same.
func listsFor(v OpenSSLVersion, n int) ([]string, error) {
	table, err := v.table()
	if err != nil {
		return nil, err
	}
	var words []string
	for _, a := range table.aliases {
		words = append(words, a.name, a.name) // aliases more often than suites
	}
	for _, s := range table.suites {
		words = append(words, s.name)
	}
	r := rand.New(rand.NewSource(1))
	out := handPicked
	for range n {
		out = append(out[:len(out):len(out)], randomList(r, words))
	}
	return out, nil
}
