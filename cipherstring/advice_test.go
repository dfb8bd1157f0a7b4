package cipherstring

import (
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// secret approves what has forward secrecy, a certificate and no RC4.
func secret(s tlswire.SuiteInfo) bool {
	return (s.ForwardSecret || s.SpecMin == tlswire.TLS13) && !s.Anonymous && !s.Null && s.Cipher != tlswire.CipherRC4
}

func TestTrim(t *testing.T) {
	for list, want := range map[string]string{
		"HIGH":                               "HIGH:!kRSA",
		"ALL:COMPLEMENTOFALL:@SECLEVEL=0":    "ALL:COMPLEMENTOFALL:@SECLEVEL=0:!eNULL:!aNULL:!kRSA",
		"ECDHE+AES":                          "ECDHE+AES", // nothing is to change
		"kRSA":                               "",          // nothing would be left
		"hihg":                               "",
		"AES128-SHA:ECDHE-RSA-AES128-SHA256": "AES128-SHA:ECDHE-RSA-AES128-SHA256:!kRSA",
	} {
		if got := TrimOpenSSL(OpenSSL3, list, secret); got != want {
			t.Errorf("%s: got %q, want %q", list, got, want)
		}
	}
	only := func(v tlswire.Version) bool { return v >= tlswire.TLS12 }
	for priority, want := range map[string]string{
		"NORMAL":    "NORMAL:-RSA:-VERS-TLS1.1:-VERS-TLS1.0",
		"SUITEB128": "SUITEB128",
		"NORMLA":    "",
	} {
		if got := TrimGnuTLS(priority, secret, only); got != want {
			t.Errorf("%s: got %q, want %q", priority, got, want)
		}
	}
}

// TestAdvice wants lists that OpenSSL takes without a warning, and that enable nothing but what is approved.
func TestAdvice(t *testing.T) {
	for _, v := range OpenSSLVersions() {
		list := AdviseOpenSSL(v, secret)
		r, err := OpenSSL(v, list)
		if err != nil || len(r.Warnings) > 0 || len(Good(secret).bad(r)) > 0 {
			t.Errorf("%s: %q: %v, %v", v, list, err, r)
		}
		if AdviseOpenSSL(v, func(tlswire.SuiteInfo) bool { return false }) != "" {
			t.Errorf("%s: advises what nobody approves", v)
		}
	}
}
