package x509lax

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // certificates signed with it must be refused
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/testca"
)

var (
	now     = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	longAgo = now.AddDate(-20, 0, 0)
	farOff  = now.AddDate(20, 0, 0)
)

// issued is a certificate with its key.
type issued struct {
	*x509.Certificate
	key crypto.Signer
}

// issue makes a certificate; a nil issuer makes it self-signed.
func issue(t testing.TB, name string, issuer *issued, change func(*x509.Certificate)) *issued {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, NotBefore: longAgo, NotAfter: farOff,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if change != nil {
		change(template)
	}
	made := &issued{key: testca.NewKey(t)}
	if issuer == nil {
		issuer = &issued{template, made.key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.Certificate, made.key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	if made.Certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return made
}

func asCA(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign
}

func asServer(c *x509.Certificate) {
	c.DNSNames = []string{"mail.example.org"}
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

// impostorOf signs in the name of another with its own key.
func impostorOf(other *issued, key crypto.Signer) *issued {
	return &issued{&x509.Certificate{RawSubject: other.RawSubject, SubjectKeyId: other.SubjectKeyId}, key}
}

// with changes a template twice.
func with(first, second func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) { first(c); second(c) }
}

// verifyTest is a chain and what is against it, apart from the name.
type verifyTest struct {
	name  string
	chain []*issued
	want  []evidence.TrustReason
	path  int
}

// verifyTests gives chains to two roots, one of them expired, in pool.
func verifyTests(t *testing.T) (pool *x509.CertPool, tests []verifyTest) {
	root := issue(t, "Root", nil, asCA)
	expiredRoot := issue(t, "Old Root", nil, with(asCA, expire))
	pool = x509.NewCertPool()
	pool.AddCert(root.Certificate)
	pool.AddCert(expiredRoot.Certificate)

	intermediate := issue(t, "Intermediate", root, asCA)
	leaf := issue(t, "leaf", intermediate, asServer)
	expired := issue(t, "leaf", intermediate, with(asServer, expire))
	early := issue(t, "leaf", intermediate, with(asServer, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }))
	stale := issue(t, "Stale", root, with(asCA, expire))
	otherRoot := issue(t, "Other Root", nil, asCA)
	impostor := issue(t, "Intermediate", nil, asCA)
	noCA := issue(t, "No CA", root, nil)
	client := issue(t, "leaf", intermediate, with(asServer, func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}))
	narrow := issue(t, "Narrow", root, with(asCA, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.com"} }))
	critical := issue(t, "leaf", intermediate, with(asServer, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
	}))
	under := func(issuer *issued) *issued { return issue(t, "leaf", issuer, asServer) }

	type chain = []*issued
	type reasons = []evidence.TrustReason
	return pool, []verifyTest{
		{"trusted", chain{leaf, intermediate}, nil, 3},
		{"root sent", chain{leaf, intermediate, root}, nil, 3},
		{"wrong order and extra", chain{leaf, otherRoot, root, stale, intermediate, intermediate}, nil, 3},
		{"expired", chain{expired, intermediate}, reasons{evidence.ExpiredPath}, 3},
		{"not yet valid", chain{early, intermediate}, reasons{evidence.NotYetValid}, 3},
		{"intermediate expired", chain{under(stale), stale}, reasons{evidence.ExpiredPath}, 3},
		{"root expired", chain{under(expiredRoot)}, reasons{evidence.ExpiredPath}, 2},
		{"incomplete", chain{leaf}, reasons{evidence.IncompleteChain}, 0},
		{"expired and unknown", chain{issue(t, "leaf", otherRoot, with(asServer, expire)), otherRoot}, reasons{evidence.ExpiredPath, evidence.UnknownAuthority}, 0},
		{"self-signed", chain{issue(t, "leaf", nil, asServer)}, reasons{evidence.SelfSignedLeaf}, 0},
		{"forged", chain{under(impostorOf(intermediate, impostor.key)), intermediate}, reasons{evidence.BadSignature}, 0},
		{"forged in the name of a root", chain{under(impostorOf(root, impostor.key))}, reasons{evidence.UnknownAuthority}, 0},
		{"issuer is no CA", chain{under(noCA), noCA}, reasons{evidence.ConstraintBroken}, 0},
		{"for clients only", chain{client, intermediate}, reasons{evidence.WrongUsage}, 3},
		{"name constraint", chain{under(narrow), narrow}, reasons{evidence.ConstraintBroken}, 0},
		{"critical extension", chain{critical, intermediate}, reasons{evidence.CriticalExtension}, 3},
	}
}

func expire(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }

func TestVerify(t *testing.T) {
	pool, tests := verifyTests(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var chain [][]byte
			for _, c := range test.chain {
				chain = append(chain, c.Raw)
			}
			got := Verify(chain, pool, []string{"other.example", "mail.example.org"}, now)
			if !slices.Equal(got.Reasons, test.want) || got.Trusted != (test.want == nil) || len(got.Path) != test.path {
				t.Errorf("got %+v", got)
			}
			if !slices.Equal(got.Matched, []string{"mail.example.org"}) {
				t.Errorf("matched %q", got.Matched)
			}
			got = Verify(chain, pool, []string{"other.example"}, now)
			if !slices.Equal(got.Reasons, append(test.want, evidence.NameMismatch)) || !slices.Equal(got.Found, []string{"mail.example.org"}) {
				t.Errorf("for another name, got %+v", got)
			}
		})
	}
}

func TestVerifyOddities(t *testing.T) {
	root := issue(t, "Root", nil, asCA)
	pool := x509.NewCertPool()
	pool.AddCert(root.Certificate)
	leaf := issue(t, "leaf", root, asServer)
	short := plain().der()
	brainpool, unsupported, child := plain(), plain(), plain()
	brainpool.subject = brainpool.issuer
	brainpool.key = seq(seq(ecOID, oid(1, 3, 36, 3, 3, 2, 8, 1, 1, 7)), bitStr(append([]byte{4}, make([]byte, 64)...)))
	unsupported.subject = unsupported.issuer
	unsupported.extensions = [][]byte{ext(oid(2, 5, 29, 19), seq(tlv(tagBoolean, []byte{0xff})))}
	child.inner = seq(oid(1, 3, 101, 113))
	child.outer = child.inner
	large := plain()
	large.extensions = [][]byte{sanExt(slices.Repeat(dns("a.example.org"), maxStrict/15+1))}

	type reasons = []evidence.TrustReason
	tests := []struct {
		name  string
		chain [][]byte
		roots *x509.CertPool
		at    time.Time
		want  reasons
	}{
		{"no certificate", nil, pool, now, reasons{evidence.NoCertificate}},
		{"cut off", [][]byte{short[:len(short)-1]}, pool, now, reasons{evidence.Unparseable, evidence.IncompleteChain}},
		{"garbage", [][]byte{[]byte("garbage")}, pool, now, reasons{evidence.Unparseable}},
		{"no roots", [][]byte{leaf.Raw, root.Raw}, nil, now, reasons{evidence.UnknownAuthority}},
		{"at the zero time", [][]byte{leaf.Raw}, pool, time.Time{}, reasons{evidence.NotYetValid}},
		{"issuer unparseable", [][]byte{plain().der(), brainpool.der()}, pool, now, reasons{evidence.Unparseable, evidence.UnknownAuthority}},
		{"algorithm unsupported", [][]byte{child.der(), unsupported.der()}, pool, now, reasons{evidence.UnsupportedKey, evidence.UnknownAuthority}},
		{"too large", [][]byte{large.der()}, pool, now, reasons{evidence.Unparseable, evidence.IncompleteChain}},
		{"endless", append([][]byte{leaf.Raw}, slices.Repeat([][]byte{root.Raw}, 10000)...), pool, now, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Verify(test.chain, test.roots, nil, test.at)
			if !slices.Equal(got.Reasons, test.want) || got.Trusted != (test.want == nil) {
				t.Errorf("got %+v", got)
			}
			if slices.Contains(got.Reasons, evidence.Unparseable) && got.Detail == "" {
				t.Error("no detail")
			}
		})
	}
}

// TestVerifyWeakSignature has a SHA-1 signature that is right: only its weakness is in the way.
func TestVerifyWeakSignature(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Issuer"}, NotBefore: longAgo, NotAfter: farOff,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	leaf := sha1Signed(t, key, root)
	for name, chain := range map[string][][]byte{"alone": {leaf}, "with the root": {leaf, root.Raw}} {
		t.Run(name, func(t *testing.T) {
			got := Verify(chain, pool, []string{"mail.example.org"}, now)
			if !slices.Equal(got.Reasons, []evidence.TrustReason{evidence.WeakSignature}) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// sha1Signed is a certificate for mail.example.org signed with SHA-1.
func sha1Signed(t *testing.T, key *rsa.PrivateKey, issuer *x509.Certificate) []byte {
	t.Helper()
	alg := seq(oid(1, 2, 840, 113549, 1, 1, 5), null())
	c := plain()
	c.inner, c.outer, c.issuer = alg, alg, issuer.RawSubject
	c.extensions = [][]byte{sanExt(dns("mail.example.org"))}
	c.key = rsaKey(key.N, big.NewInt(int64(key.E)))
	outer, _, _ := next(c.der())
	tbs, _, _ := next(outer.body)
	sum := sha1.Sum(tbs.full) //nolint:gosec // see above
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	c.signature = bitStr(signature)
	return c.der()
}

// TestVerifyHugeKey would take minutes if crypto/x509 had to compute with the key.
func TestVerifyHugeKey(t *testing.T) {
	c := plain()
	c.subject = c.issuer
	c.key = rsaKey(odd(8_000_000), big.NewInt(65537))
	got := Verify([][]byte{c.der(), c.der()}, nil, nil, now)
	if !slices.Equal(got.Reasons, []evidence.TrustReason{evidence.Unparseable, evidence.SelfSignedLeaf}) {
		t.Errorf("got %+v", got)
	}
}

func TestMozillaRoots(t *testing.T) {
	roots, err := MozillaRoots()
	if err != nil {
		t.Fatal(err)
	}
	if roots.Count < 100 || len(roots.SHA256) != 64 {
		t.Errorf("%d roots, hash %q", roots.Count, roots.SHA256)
	}
	if roots.Version != "" && roots.Date.Year() < 2024 {
		t.Errorf("version %q, date %v", roots.Version, roots.Date)
	}
	t.Logf("%d roots, version %q", roots.Count, roots.Version)
}

func TestPseudoVersionDate(t *testing.T) {
	tests := []struct{ version, want string }{
		{"v0.0.0-20261030153154-30a33513ff6d", "2026-10-30"},
		{"v1.2.4-0.20261030153154-30a33513ff6d", "0001-01-01"},
		{"v1.2.3", "0001-01-01"},
		{"", "0001-01-01"},
	}
	for _, test := range tests {
		if got := pseudoVersionDate(test.version).Format(time.DateOnly); got != test.want {
			t.Errorf("%q: got %s, want %s", test.version, got, test.want)
		}
	}
}
