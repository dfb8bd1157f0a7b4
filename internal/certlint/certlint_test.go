package certlint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// made is a certificate, changed by change, of an authority with that key identifier.
func made(t testing.TB, authority []byte, change func(*x509.Certificate)) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	c := &x509.Certificate{SerialNumber: new(big.Int).Lsh(big.NewInt(0x5a), 100), Subject: pkix.Name{CommonName: "mail.example.org"},
		DNSNames: []string{"mail.example.org"}, NotBefore: start, NotAfter: start.Add(90 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, SubjectKeyId: []byte{1, 2, 3, 4}}
	if change != nil {
		change(c)
	}
	by := &x509.Certificate{Subject: pkix.Name{CommonName: "House CA"}, SubjectKeyId: authority}
	der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

var keyID = []byte{5, 6, 7, 8}

func names(list []evidence.Lint, level string) []string {
	var out []string
	for _, l := range list {
		if l.Level == level {
			out = append(out, l.Name)
		}
	}
	return out
}

// TestLint breaks one rule of RFC 5280, which binds everybody, and one that binds public authorities.
func TestLint(t *testing.T) {
	fine := made(t, keyID, nil)
	wrong := made(t, nil, nil)
	long := made(t, keyID, func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(500 * 24 * time.Hour) })
	const noKeyID, tooLong = "e_ext_authority_key_identifier_no_key_identifier", "e_tls_server_cert_valid_time_longer_than_398_days"
	for _, tt := range []struct {
		name   string
		der    []byte
		public bool
		rule   string
		breaks bool
	}{
		{"fine", fine, false, noKeyID, false},
		{"no key of the issuer", wrong, false, noKeyID, true},
		{"no key of the issuer, public", wrong, true, noKeyID, true},
		{"too long, of a house", long, false, tooLong, false},
		{"too long, public", long, true, tooLong, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := Lint(tt.der, tt.public)
			if err != nil {
				t.Fatal(err)
			}
			if got := names(list, "error"); slices.Contains(got, tt.rule) != tt.breaks {
				t.Errorf("errors %v: want %s among them: %v", got, tt.rule, tt.breaks)
			}
			for _, l := range list {
				if l.Name == "" || l.Source == "" || l.Citation == "" || l.Text == "" || l.Certificate != "" {
					t.Errorf("half a rule: %+v", l)
				}
			}
			if !slices.IsSortedFunc(list, func(a, b evidence.Lint) int { return slices.Index(levels(), a.Level) - slices.Index(levels(), b.Level) }) {
				t.Error("not the gravest first")
			}
		})
	}
}

// TestFine wants no complaint at all about a certificate of a house authority that is as it should be.
func TestFine(t *testing.T) {
	list, err := Lint(made(t, keyID, nil), false)
	if err != nil || len(names(list, "error")) > 0 {
		t.Errorf("%v, %+v", err, list)
	}
}

// TestUnreadable says why nothing is known, and changes each byte of a good certificate in turn.
func TestUnreadable(t *testing.T) {
	for _, der := range [][]byte{nil, []byte("x"), make([]byte, maxDER+1)} {
		if list, err := Lint(der, true); err == nil || list != nil {
			t.Errorf("%d bytes: %v, %v", len(der), list, err)
		}
	}
	good := made(t, keyID, nil)
	for i := 0; i < len(good); i += 7 {
		der := slices.Clone(good)
		der[i] ^= 0x41
		if list, err := Lint(der, true); err != nil && list != nil {
			t.Errorf("byte %d: %v, and %v", i, list, err)
		}
	}
}
