package x509lax

import (
	"bytes"
	"cmp"
	"crypto"
	//lint:ignore SA1019 certificates with such keys are read
	"crypto/dsa" //nolint:staticcheck // as above
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// differences tells where got does not say what crypto/x509 read from the same bytes.
func differences(got *evidence.Certificate, want *x509.Certificate) []string {
	var all []string
	compare := func(field string, got, want any) {
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			all = append(all, fmt.Sprintf("%s: got %q, crypto/x509 has %q", field, g, w))
		}
	}
	compare("version", got.Version, want.Version)
	compare("serial", got.Serial, cmp.Or(fmt.Sprintf("%x", want.SerialNumber.Bytes()), "00"))
	compare("not before", got.NotBefore.Unix(), want.NotBefore.Unix())
	compare("not after", got.NotAfter.Unix(), want.NotAfter.Unix())
	compare("dns", got.Names.DNS, want.DNSNames)
	compare("email", got.Names.Email, want.EmailAddresses)
	compare("ip", got.Names.IP, want.IPAddresses)
	compare("uris", len(got.Names.URI), len(want.URIs))
	compare("ocsp", got.OCSP, want.OCSPServer)
	compare("ca issuers", got.CAIssuers, want.IssuingCertificateURL)
	compare("crls", got.CRLs, want.CRLDistributionPoints)
	compare("policies", len(got.Policies), len(want.Policies))
	compare("subject key id", got.SubjectKeyID, fmt.Sprintf("%x", want.SubjectKeyId))
	compare("authority key id", got.AuthorityKeyID, fmt.Sprintf("%x", want.AuthorityKeyId))
	compare("self-issued", got.SelfIssued, bytes.Equal(want.RawSubject, want.RawIssuer))
	compare("ca", got.BasicConstraints != nil && got.BasicConstraints.CA, want.IsCA)
	compare("key usage", usageBits(got.KeyUsage), int(want.KeyUsage))
	compare("extended key usage", len(got.ExtKeyUsage), len(want.ExtKeyUsage)+len(want.UnknownExtKeyUsage))
	compare("extensions", len(got.Extensions), len(want.Extensions))
	compare("common name", got.Subject.CommonName, want.Subject.CommonName)
	compare("key", keyText(got.PublicKey), strictKeyText(want, got.PublicKey))
	if want.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		compare("signature", signatureText(got.Signature), want.SignatureAlgorithm)
	}
	return all
}

func usageBits(names []string) int {
	bits := 0
	for _, name := range names {
		bits |= 1 << slices.Index(keyUsageNames[:], name)
	}
	return bits
}

func keyText(k evidence.PublicKey) string {
	return fmt.Sprint(k.Algorithm, k.Bits, k.Exponent, k.Curve)
}

// strictKeyText says in our words what crypto/x509 knows of the key; what it does not know is taken over.
func strictKeyText(c *x509.Certificate, got evidence.PublicKey) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprint("RSA", key.N.BitLen(), fmt.Sprint(key.E), "")
	case *ecdsa.PublicKey:
		name := map[string]string{"P-224": "secp224r1", "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}
		return fmt.Sprint("EC", key.Params().BitSize, "", name[key.Params().Name])
	case ed25519.PublicKey:
		return fmt.Sprint("Ed25519", 256, "", "")
	case *dsa.PublicKey:
		return fmt.Sprint("DSA", key.P.BitLen(), "", "")
	}
	return keyText(got)
}

// signatureText gives the name that crypto/x509 has for the algorithm.
func signatureText(s evidence.CertSignature) string {
	hash := strings.ReplaceAll(s.Hash, "-", "")
	switch s.Algorithm {
	case "RSA":
		return hash + "-RSA"
	case "RSA-PSS":
		return hash + "-RSAPSS"
	case "Ed25519":
		return "Ed25519"
	}
	return s.Algorithm + "-" + hash
}

func TestReadAgreesOnMozillaRoots(t *testing.T) {
	for root := range bundle.Roots() {
		want, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		got := Read(root.Certificate)
		for _, d := range differences(got, want) {
			t.Errorf("%s: %s", got.Subject.DN, d)
		}
		for _, p := range got.Problems {
			if p == "serialNumber: zero" || strings.HasSuffix(p, "GeneralizedTime before 2050") {
				continue // some old roots do have these
			}
			t.Errorf("%s: problem %q", got.Subject.DN, p)
		}
		if !got.SelfSigned {
			t.Errorf("%s: not self-signed", got.Subject.DN)
		}
	}
}

// signers are one key of each kind that crypto/x509 signs with.
func signers(t testing.TB) []crypto.Signer {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := []crypto.Signer{rsaKey, edKey}
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func TestReadAgreesOnGeneratedCertificates(t *testing.T) {
	keys := signers(t)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for n := range 150 {
		key := keys[n%len(keys)]
		template := randomTemplate(random)
		if _, isRSA := key.(*rsa.PrivateKey); isRSA && n%4 == 0 {
			template.SignatureAlgorithm = x509.SHA384WithRSAPSS
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		want, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		got := Read(der)
		if d := differences(got, want); len(d) > 0 || len(got.Problems) > 0 {
			t.Fatalf("certificate %d: %q\nproblems %q\n%x", n, d, got.Problems, der)
		}
		if want := want.Subject.String(); !strings.EqualFold(got.Subject.DN, want) { // names of attributes differ in case
			t.Errorf("subject: got %q, want %q", got.Subject.DN, want)
		}
	}
}

func randomTemplate(r *mathrand.Rand) *x509.Certificate {
	start := time.Date(1950+r.IntN(200), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), 0, time.UTC)
	c := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(randomBytes(r, 1+r.IntN(20))),
		NotBefore:    start,
		NotAfter:     start.Add(time.Duration(r.IntN(100000)) * time.Hour),
		Subject: pkix.Name{
			CommonName: randomText(r), Organization: randomTexts(r, 2), Country: []string{"DE"},
			OrganizationalUnit: randomTexts(r, 3), PostalCode: randomTexts(r, 1), SerialNumber: randomText(r),
		},
		BasicConstraintsValid: r.IntN(2) == 0,
		KeyUsage:              x509.KeyUsage(1 + r.IntN(511)),
		OCSPServer:            randomURLs(r),
		IssuingCertificateURL: randomURLs(r),
		CRLDistributionPoints: randomURLs(r),
	}
	c.SerialNumber.Add(c.SerialNumber, big.NewInt(1)).Rsh(c.SerialNumber, 1).Add(c.SerialNumber, big.NewInt(1))
	c.IsCA = c.BasicConstraintsValid && r.IntN(2) == 0
	if c.IsCA {
		c.MaxPathLen = r.IntN(3)
		c.MaxPathLenZero = true
	} else {
		c.KeyUsage &^= x509.KeyUsageCertSign
		c.KeyUsage |= x509.KeyUsageDigitalSignature
	}
	randomNames(r, c)
	return c
}

func randomNames(r *mathrand.Rand, c *x509.Certificate) {
	for range r.IntN(4) {
		c.DNSNames = append(c.DNSNames, fmt.Sprintf("host%d.example.org", r.IntN(1000)))
		c.IPAddresses = append(c.IPAddresses, net.IP(randomBytes(r, 4)), net.IP(randomBytes(r, 16)))
		c.EmailAddresses = append(c.EmailAddresses, "postmaster@example.org")
		c.URIs = append(c.URIs, &url.URL{Scheme: "sip", Host: "example.org"})
		c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsage(r.IntN(10)))
	}
}

func randomBytes(r *mathrand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(1 + r.IntN(255))
	}
	return b
}

// randomText has what RFC 4514 wants escaped.
func randomText(r *mathrand.Rand) string {
	const letters = ` #"+,;<>\=aé字`
	text := ""
	for range 1 + r.IntN(6) {
		text += string([]rune(letters)[r.IntN(13)])
	}
	return text
}

func randomTexts(r *mathrand.Rand, most int) (texts []string) {
	for range r.IntN(most + 1) {
		texts = append(texts, randomText(r))
	}
	return texts
}

func randomURLs(r *mathrand.Rand) (urls []string) {
	for range r.IntN(3) {
		urls = append(urls, fmt.Sprintf("http://ca.example.org/%d", r.IntN(1000)))
	}
	return urls
}
