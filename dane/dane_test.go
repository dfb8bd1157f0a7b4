package dane

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/internal/testca"
)

func TestParse(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for _, c := range []struct{ text, unusable, err string }{
		{"3 1 1 " + sum, "", ""},
		{"2 0 2 " + sum + sum, "", ""},
		{"3 1 1 0a0A " + strings.Repeat("0a ", 30), "", ""},
		{"0 1 1 " + sum, "usage 0", ""}, {"1 1 1 " + sum, "usage 1", ""}, {"4 1 1 " + sum, "usage 4", ""}, {"255 0 0 00", "usage 255", ""},
		{"3 2 1 " + sum, "selector 2", ""}, {"3 1 3 " + sum, "matching type 3", ""},
		{"3 1 1 0a", "32", ""}, {"3 1 2 " + sum, "64", ""}, {"3 1 0 " + sum, "no public key", ""}, {"3 0 0 30", "no certificate", ""},
		{"3 1 1", "", "want usage"}, {"3 1 1 xx", "", "hexadecimal"}, {"256 1 1 00", "", "up to 255"}, {"-1 1 1 00", "", "up to 255"}, {"", "", "want usage"},
		{"3 1 1 " + strings.Repeat("0", 1<<16+1), "", "hexadecimal"},
	} {
		r, err := Parse(c.text)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %v, want %q", c.text, err, c.err)
			continue
		}
		if err != nil && len(err.Error()) < 300 {
			continue
		}
		if why := r.Unusable(); (why == "") != (c.unusable == "") || !strings.Contains(why, c.unusable) {
			t.Errorf("%q: unusable: %q, want %q", c.text, why, c.unusable)
		}
		if again, err := Parse(r.String()); err != nil || cmp.Diff(r, again) != "" {
			t.Errorf("%q: %v", r, err)
		}
	}
}

// A world is a server with a certificate of an authority between it and a root.
type world struct {
	root, middle, leaf, other *x509.Certificate
	key                       crypto.Signer
}

func newWorld(t *testing.T, change func(*x509.Certificate)) world {
	now := time.Now()
	rootKey, middleKey, key := testca.NewKey(t), testca.NewKey(t), testca.NewKey(t)
	root := testca.New(t, "root", rootKey, now)
	middle := root.Sign(t, x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "middle"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign}, middleKey.Public())
	template := x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "mx"}, DNSNames: []string{"mx.example.test"}}
	change(&template)
	leaf := testca.Authority{Cert: middle, Key: middleKey, Now: now}.Sign(t, template, key.Public())
	return world{root.Cert, middle, leaf, testca.New(t, "other", testca.NewKey(t), now).Cert, key}
}

// record makes one about a certificate.
func record(u Usage, s Selector, m MatchingType, c *x509.Certificate) Record {
	part := map[Selector][]byte{Cert: c.Raw, SPKI: c.RawSubjectPublicKeyInfo}[s]
	switch m {
	case SHA256:
		sum := sha256.Sum256(part)
		part = sum[:]
	case SHA512:
		sum := sha512.Sum512(part)
		part = sum[:]
	}
	return Record{u, s, m, part}
}

// TestVerifyAgreesWithOpenSSL tries every kind of record about every certificate on servers of all kinds, and asks openssl, too.
func TestVerifyAgreesWithOpenSSL(t *testing.T) {
	past := time.Now().Add(-time.Hour)
	for name, change := range map[string]func(*x509.Certificate){
		"well":        func(*x509.Certificate) {},
		"other name":  func(c *x509.Certificate) { c.DNSNames = []string{"other.test"} },
		"no name":     func(c *x509.Certificate) { c.DNSNames = nil },
		"common name": func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "MX.example.test" },
		"wild common": func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "*.example.test" },
		"both names": func(c *x509.Certificate) {
			c.DNSNames, c.Subject.CommonName = []string{"other.test"}, "mx.example.test"
		},
		"for clients": func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} },
		"expired":     func(c *x509.Certificate) { c.NotBefore, c.NotAfter = past.Add(-time.Hour), past },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, change)
			for which, c := range map[string]*x509.Certificate{"leaf": w.leaf, "middle": w.middle, "root": w.root, "other": w.other} {
				if name != "well" && c != w.leaf && c != w.middle {
					continue // what the names are makes no difference to them
				}
				for _, chain := range [][][]byte{{w.leaf.Raw}, {w.leaf.Raw, w.middle.Raw, w.root.Raw}} {
					for _, r := range []Record{record(DANEEE, SPKI, SHA256, c), record(DANEEE, Cert, Full, c),
						record(DANETA, SPKI, SHA512, c), record(DANETA, Cert, Full, c), record(DANETA, SPKI, Full, c)} {
						o := Verify([]Record{r}, chain, []string{"mx.example.test."}, time.Now())[0]
						if want := openssl(t, w, chain, r); o.Matches != want {
							t.Errorf("%s, %d certificates, %.12s: %v (%s), openssl says %v", which, len(chain), r, o.Matches, o.Why, want)
						}
					}
				}
			}
		})
	}
}

// TestDigestAgility has records of several digests beside each other, as while a key is exchanged, and asks openssl, too.
func TestDigestAgility(t *testing.T) {
	w := newWorld(t, func(*x509.Certificate) {})
	chain := [][]byte{w.leaf.Raw, w.middle.Raw, w.root.Raw}
	own, old := record(DANEEE, SPKI, SHA256, w.leaf), record(DANEEE, SPKI, SHA512, w.other)
	short := old
	short.Data = old.Data[:32]
	for name, c := range map[string]struct {
		records []Record
		want    bool
	}{
		"stronger of another": {[]Record{own, old}, false},
		"stronger first":      {[]Record{old, own}, false},
		"stronger of both":    {[]Record{own, old, record(DANEEE, SPKI, SHA512, w.leaf)}, true},
		"weaker of another":   {[]Record{record(DANEEE, SPKI, SHA256, w.other), record(DANEEE, SPKI, SHA512, w.leaf)}, true},
		"other selector":      {[]Record{own, record(DANEEE, Cert, SHA512, w.other)}, true},
		"other usage":         {[]Record{own, record(DANETA, SPKI, SHA512, w.other)}, true},
		"in full":             {[]Record{record(DANEEE, SPKI, Full, w.leaf), old}, true},
		"full of another":     {[]Record{record(DANEEE, SPKI, Full, w.other), own}, true},
		"above":               {[]Record{record(DANETA, SPKI, SHA256, w.middle), record(DANETA, SPKI, SHA512, w.other)}, false},
		"unusable":            {[]Record{own, short}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := Verify(c.records, chain, []string{"mx.example.test"}, time.Now())
			if got := Authenticates(list); got != c.want {
				t.Errorf("%v, want %v: %+v", got, c.want, list)
			}
			if !c.want && !strings.Contains(list[0].Why+list[1].Why, "SHA-512") {
				t.Errorf("%+v", list)
			}
			if theirs := openssl(t, w, chain, c.records...); theirs != c.want {
				t.Errorf("openssl says %v", theirs)
			}
		})
	}
}

// openssl asks "openssl s_client" whether any of the records makes the certificates good.
func openssl(t *testing.T, w world, chain [][]byte, records ...Record) bool {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil && os.Getenv("MAILTLS_CI_NOSKIP") == "" {
		t.Skip("openssl is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{{Certificate: chain, PrivateKey: w.key}}})
		_ = s.HandshakeContext(context.Background())
		_, _ = s.Read(make([]byte, 1))
	}()
	args := []string{"s_client", "-connect", l.Addr().String(), "-dane_tlsa_domain", "mx.example.test", "-dane_ee_no_namechecks", "-no_tls1_3"}
	for _, r := range records {
		args = append(args, "-dane_tlsa_rrdata", r.String())
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = []string{"SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/nonexistent"}
	out, _ := cmd.CombinedOutput()
	if !bytes.Contains(out, []byte("Verify return code:")) {
		t.Fatalf("openssl: %s", out)
	}
	return bytes.Contains(out, []byte("Verify return code: 0 (ok)"))
}

func TestSets(t *testing.T) {
	w := newWorld(t, func(*x509.Certificate) {})
	good, bad, odd := record(DANEEE, SPKI, SHA256, w.leaf), record(DANEEE, SPKI, SHA256, w.other), Record{Usage: PKIXEE}
	for _, c := range []struct {
		records               []Record
		usable, authenticates bool
	}{{nil, false, false}, {[]Record{odd}, false, false}, {[]Record{bad}, true, false}, {[]Record{odd, bad, good}, true, true}} {
		list := Verify(c.records, [][]byte{w.leaf.Raw}, nil, time.Now())
		if Usable(list) != c.usable || Authenticates(list) != c.authenticates {
			t.Errorf("%v: %+v", c.records, list)
		}
	}
	for _, chain := range [][][]byte{nil, {nil}, {[]byte("no certificate")}} {
		if list := Verify([]Record{good, record(DANETA, SPKI, SHA256, w.middle)}, chain, nil, time.Now()); Authenticates(list) {
			t.Errorf("%+v", list)
		}
	}
}

func FuzzMatch(f *testing.F) {
	der, _ := hex.DecodeString("3003020100")
	f.Add(der, uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, der []byte, s, m uint8) {
		r := Record{DANEEE, Selector(s), MatchingType(m), der}
		_ = r.Unusable()
		if r.Match(der) && (s != 0 || m != 0) {
			t.Errorf("%v matches itself", r)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("3 1 1 0a0B 0c")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if len(r.Data) > 0 && (err != nil || cmp.Diff(r, again) != "") {
			t.Errorf("%q reads as %q: %v", r, again, err)
		}
		_ = r.Unusable()
	})
}
