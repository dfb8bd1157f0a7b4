package lab

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"testing"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTables holds every server to the form that the rest of the program relies on.
func TestTables(t *testing.T) {
	seen := make(map[string]bool)
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, s := range slices.Concat(All(), Hostile()) {
		t.Run(s.Name, func(t *testing.T) {
			if !name.MatchString(s.Name) || seen[s.Name] {
				t.Errorf("name %q is malformed or taken", s.Name)
			}
			seen[s.Name] = true
			if s.Title == "" {
				t.Error("no title")
			}
			if !slices.Contains(starttls.Protocols(), s.Protocol) {
				t.Errorf("protocol %q is unknown", s.Protocol)
			}
			for v, list := range s.Suites {
				checkSuites(t, v, list)
			}
			for check, level := range s.Want {
				if !slices.Contains([]string{"pass", "note", "warn", "fail", "notapplicable", "undecided"}, level) {
					t.Errorf("level %q wanted of %s", level, check)
				}
			}
		})
	}
}

func checkSuites(t *testing.T, v tlswire.Version, list []tlswire.Suite) {
	t.Helper()
	for i, suite := range list {
		info, ok := suite.Info()
		if !ok || !info.Negotiable(v) {
			t.Errorf("suite %v does not belong into %v", suite, v)
		}
		if slices.Contains(list[:i], suite) {
			t.Errorf("suite %v is listed twice in %v", suite, v)
		}
	}
}

// TestHandshakes offers every version of every server its own suites, with all
// groups and schemes, and checks that it answers as its value says.
func TestHandshakes(t *testing.T) {
	ca := testCA(t)
	for _, s := range All() {
		if testing.Short() && len(s.Name)%5 != 0 { // a sample, for the race detector
			continue
		}
		if !s.reachesTLS() {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			r := start(t, s, ca)
			for _, v := range s.Versions {
				if v == tlswire.SSLv2 {
					checkV2(t, r)
					continue
				}
				if s.Quirks.Tolerance.MaxVersion != 0 && v > s.Quirks.Tolerance.MaxVersion {
					continue
				}
				checkVersion(t, r, v)
			}
		})
	}
}

// reachesTLS reports whether every connection gets an honest handshake.
func (s Server) reachesTLS() bool {
	q := s.Quirks
	return q.Mail.Reply == "" && q.Mail.StartTLS == "" && s.Throttle.After == 0 && s.Throttle.AtOnce == 0 &&
		q.Fault == (Fault{}) && len(q.Instead) == 0 && q.Alert == nil && !q.StrictName && !q.WarnsName
}

// checkVersion checks the answer to a full offer of one version.
func checkVersion(t *testing.T, r *Running, v tlswire.Version) {
	t.Helper()
	s := r.Server
	o := fullOffer(v, s.Suites[v])
	if s.Quirks.Tolerance != (Tolerance{}) {
		o = leanOffer(v, s.Suites[v])
	}
	conn, in := dial(t, r)
	h := o.hello(t)
	send(t, conn, h, 0)
	got := read(t, in)
	conn.Close()
	if got.end != "done" {
		t.Fatalf("%v: the flight ended with %q (alert %v), want it whole", v, got.end, got.alert)
	}
	if got.hello.NegotiatedVersion() != v {
		t.Errorf("negotiated %v, want %v", got.hello.NegotiatedVersion(), v)
	}
	if got.hello.Suite != s.Suites[v][0] {
		t.Errorf("%v: picked %v, want the first, %v", v, got.hello.Suite, s.Suites[v][0])
	}
	if v == tlswire.TLS13 {
		if g, _ := got.hello.Group(); !slices.Contains(s.Groups.TLS13, g) {
			t.Errorf("picked group %v, want one of %v", g, s.Groups.TLS13)
		}
		return
	}
	info, _ := got.hello.Suite.Info()
	if err := verifyExchange(h, got, info, v); err != nil {
		t.Errorf("%v %v: %v", v, got.hello.Suite, err)
	}
}

// verifyExchange checks the signature on a ServerKeyExchange.
func verifyExchange(h tlswire.ClientHello, got reply, info tlswire.SuiteInfo, v tlswire.Version) error {
	body, ok := got.message(tlswire.TypeServerKeyExchange)
	if !ok {
		if info.ForwardSecret {
			return fmt.Errorf("no ServerKeyExchange")
		}
		return nil
	}
	x, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, info.Anonymous, v)
	if err != nil || info.Anonymous {
		return err
	}
	chain, _ := got.message(tlswire.TypeCertificate)
	c, err := tlswire.ParseCertificate(chain)
	if err != nil {
		return err
	}
	public, err := publicKey(c.Chain[0])
	if err != nil {
		return err
	}
	params, err := x.Params()
	if err != nil {
		return err
	}
	signed := slices.Concat(h.Random[:], got.hello.Random[:], params)
	return verify(public, x, signed, v)
}

func verify(public crypto.PublicKey, x tlswire.ServerKeyExchange, signed []byte, v tlswire.Version) error {
	hash, pss := crypto.MD5SHA1, false
	digest := append(sum(crypto.MD5, signed), sum(crypto.SHA1, signed)...)
	if _, ok := public.(*ecdsa.PublicKey); ok {
		hash = crypto.SHA1
		digest = sum(hash, signed)
	}
	if v == tlswire.TLS12 && x.Scheme != tlswire.Ed25519 {
		hash, pss = schemeHash(x.Scheme)
		digest = sum(hash, signed)
	}
	ok := false
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(k, digest, x.Signature)
	case ed25519.PublicKey:
		ok = ed25519.Verify(k, signed, x.Signature)
	case *rsa.PublicKey:
		switch {
		case pss:
			return rsa.VerifyPSS(k, hash, digest, x.Signature, nil)
		case k.N.BitLen() >= smallestStdRSA && k.E > 1:
			return rsa.VerifyPKCS1v15(k, hash, digest, x.Signature)
		}
		m := new(big.Int).Exp(new(big.Int).SetBytes(x.Signature), big.NewInt(int64(k.E)), k.N)
		ok = bytes.HasSuffix(m.Bytes(), append(digestPrefix(hash), digest...))
	}
	if !ok {
		return fmt.Errorf("signature with %v does not verify", x.Scheme)
	}
	return nil
}
