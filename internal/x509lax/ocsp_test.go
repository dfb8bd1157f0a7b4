package x509lax

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/testca"
	"golang.org/x/crypto/ocsp"
)

// authority issues certificates and OCSP responses.
type authority struct{ testca.Authority }

// newAuthority is self-signed under a name.
func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	return authority{testca.New(t, name, testca.NewKey(t), now)}
}

// respond makes a response for leaf, changed by change; signer signs, with its certificate along unless it is nil.
func (a authority) respond(t testing.TB, leaf *x509.Certificate, with *x509.Certificate, signer crypto.Signer, change func(*ocsp.Response)) []byte {
	t.Helper()
	r := ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber, ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour)}
	if change != nil {
		change(&r)
	}
	responder := a.Cert
	if r.Certificate = with; with != nil {
		responder = with
	}
	der, err := ocsp.CreateResponse(a.Cert, responder, r, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestReadOCSP(t *testing.T) {
	ca, other := newAuthority(t, "Authority"), newAuthority(t, "Authority") // of the same name
	leaf := ca.Sign(t, x509.Certificate{SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{CommonName: "mail.example.org"}}, testca.NewKey(t).Public())
	responderKey := testca.NewKey(t)
	responder := func(by authority, change func(*x509.Certificate)) *x509.Certificate {
		c := x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "Responder"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}}
		if change != nil {
			change(&c)
		}
		return by.Sign(t, c, responderKey.Public())
	}
	chain := [][]byte{leaf.Raw, ca.Cert.Raw}
	direct := func(change func(*ocsp.Response)) []byte { return ca.respond(t, leaf, nil, ca.Key, change) }
	good := direct(nil)
	for _, tt := range []struct {
		name     string
		response []byte
		chain    [][]byte
		status   evidence.RevocationStatus
		problems []evidence.OCSPProblem
	}{
		{"good", good, chain, evidence.NotRevoked, nil},
		{"issuer behind others", good, [][]byte{leaf.Raw, leaf.Raw, other.Cert.Raw, ca.Cert.Raw}, evidence.NotRevoked, nil},
		{"named by SHA-256", direct(func(r *ocsp.Response) { r.IssuerHash = crypto.SHA256 }), chain, evidence.NotRevoked, nil},
		{"revoked", direct(func(r *ocsp.Response) {
			r.Status, r.RevokedAt, r.RevocationReason = ocsp.Revoked, now.Add(-time.Hour), ocsp.KeyCompromise
		}), chain, evidence.Revoked, nil},
		{"not known", direct(func(r *ocsp.Response) { r.Status = ocsp.Unknown }), chain, evidence.RevocationUnsure, nil},
		{"expired", direct(func(r *ocsp.Response) { r.NextUpdate = now.Add(-time.Hour) }), chain, evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPExpired}},
		{"expired a minute ago", direct(func(r *ocsp.Response) { r.NextUpdate = now.Add(-time.Minute) }), chain, evidence.NotRevoked, nil},
		{"of tomorrow", direct(func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.Add(time.Hour), now.Add(2*time.Hour) }), chain,
			evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPNotYetValid}},
		{"without an end", direct(func(r *ocsp.Response) { r.NextUpdate = time.Time{} }), chain, evidence.NotRevoked, nil},
		{"without an end, and old", direct(func(r *ocsp.Response) { r.NextUpdate, r.ThisUpdate = time.Time{}, now.Add(-11*24*time.Hour) }), chain,
			evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPExpired}},
		{"another serial number", direct(func(r *ocsp.Response) { r.SerialNumber = big.NewInt(0x1235) }), chain, "", []evidence.OCSPProblem{evidence.OCSPOther}},
		{"another issuer of that name", other.respond(t, leaf, nil, other.Key, nil), chain, "",
			[]evidence.OCSPProblem{evidence.OCSPOther, evidence.OCSPSignature}},
		{"signed by another", ca.respond(t, leaf, nil, other.Key, nil), chain, evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPSignature}},
		{"a responder", ca.respond(t, leaf, responder(ca, nil), responderKey, nil), chain, evidence.NotRevoked, nil},
		{"a responder that is for something else", ca.respond(t, leaf, responder(ca, func(c *x509.Certificate) { c.ExtKeyUsage = nil }), responderKey, nil), chain,
			evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPSigner}},
		{"a responder of another", ca.respond(t, leaf, responder(other, nil), responderKey, nil), chain,
			evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPSigner}},
		{"a responder that has expired", ca.respond(t, leaf, responder(ca, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = now.Add(-2*time.Hour), now.Add(-time.Hour)
		}), responderKey, nil), chain, evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPSigner}},
		{"issuer not at hand", good, [][]byte{leaf.Raw}, evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPUnverified}},
		{"no chain", good, nil, "", []evidence.OCSPProblem{evidence.OCSPOther, evidence.OCSPUnverified}},
		{"a refusal", ocsp.TryLaterErrorResponse, chain, "", []evidence.OCSPProblem{evidence.OCSPRefused}},
		{"nothing", nil, chain, "", []evidence.OCSPProblem{evidence.OCSPMalformed}},
		{"a certificate", leaf.Raw, chain, "", []evidence.OCSPProblem{evidence.OCSPMalformed}},
		{"too large", make([]byte, MaxOCSP+1), chain, "", []evidence.OCSPProblem{evidence.OCSPMalformed}},
		{"unknown critical extension", direct(func(r *ocsp.Response) {
			r.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: null()}}
		}), chain, evidence.NotRevoked, []evidence.OCSPProblem{evidence.OCSPCritical}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ReadOCSP(tt.response, tt.chain, now)
			if got.Status != tt.status {
				t.Errorf("status %q, want %q", got.Status, tt.status)
			}
			if diff := cmp.Diff(tt.problems, got.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s%s", diff, got.Detail)
			}
		})
	}
}

// TestReadOCSPParts wants every part back that a response can have.
func TestReadOCSPParts(t *testing.T) {
	ca := newAuthority(t, "Authority")
	leaf := ca.Sign(t, x509.Certificate{SerialNumber: big.NewInt(0x1234)}, testca.NewKey(t).Public())
	second := now.Truncate(time.Second).UTC()
	der := ca.respond(t, leaf, nil, ca.Key, func(r *ocsp.Response) {
		r.Status, r.RevokedAt, r.RevocationReason = ocsp.Revoked, second.Add(-3*time.Hour), ocsp.Superseded
		r.ThisUpdate, r.NextUpdate = second.Add(-time.Hour), second.Add(time.Hour)
		r.ExtraExtensions = []pkix.Extension{{Id: []int{1, 3, 6, 1, 4, 1, 11129, 2, 4, 5}, Value: str(tagOctetString, "\x00\x06\x00\x01a\x00\x01b")}}
	})
	got := ReadOCSP(der, [][]byte{leaf.Raw, ca.Cert.Raw}, now)
	if got.SHA256 == "" || got.ProducedAt.IsZero() {
		t.Errorf("no hash or no time of making: %+v", got)
	}
	got.SHA256, got.ProducedAt = "", time.Time{}
	want := evidence.OCSPResponse{Status: evidence.Revoked, ThisUpdate: second.Add(-time.Hour), NextUpdate: second.Add(time.Hour),
		RevokedAt: second.Add(-3 * time.Hour), Reason: "superseded", SCTs: 2, At: now}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReadOCSPCut cuts a good response at every byte: none of the parts may be believed.
func TestReadOCSPCut(t *testing.T) {
	ca := newAuthority(t, "Authority")
	leaf := ca.Sign(t, x509.Certificate{SerialNumber: big.NewInt(0x1234)}, testca.NewKey(t).Public())
	der := ca.respond(t, leaf, nil, ca.Key, nil)
	for n := range der {
		if got := ReadOCSP(der[:n], [][]byte{leaf.Raw, ca.Cert.Raw}, now); got.Believed() {
			t.Fatalf("the first %d of %d bytes are believed: %+v", n, len(der), got)
		}
	}
	for n := range der { // whatever is changed, it is not believed to say something else
		changed := append([]byte(nil), der...)
		changed[n] ^= 0x01
		if got := ReadOCSP(changed, [][]byte{leaf.Raw, ca.Cert.Raw}, now); got.Believed() && got.Status != evidence.NotRevoked {
			t.Fatalf("with byte %d changed: %+v", n, got)
		}
	}
}

// FuzzReadOCSP compares with x/crypto/ocsp: what that takes, with its signature, is believed but for its dates, signer and
// extensions; and the other way round, what is believed is taken.
func FuzzReadOCSP(f *testing.F) {
	ca := authority{testca.New(f, "Authority", testca.FixedKey(f), now)}
	leaf := ca.Sign(f, x509.Certificate{SerialNumber: big.NewInt(0x1234)}, testca.NewKey(f).Public())
	f.Add(ca.respond(f, leaf, nil, ca.Key, nil))
	f.Add(ca.respond(f, leaf, nil, ca.Key, func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, now }))
	f.Add(ca.respond(f, leaf, ca.Cert, ca.Key, nil))
	f.Add(ocsp.TryLaterErrorResponse)
	f.Fuzz(func(t *testing.T, der []byte) {
		got := ReadOCSP(der, [][]byte{leaf.Raw, ca.Cert.Raw}, now)
		if diff := cmp.Diff(got, ReadOCSP(der, [][]byte{leaf.Raw, ca.Cert.Raw}, now)); diff != "" {
			t.Error(diff)
		}
		if !got.Believed() {
			return
		}
		want, err := ocsp.ParseResponseForCert(der, leaf, ca.Cert)
		if err != nil {
			return // read more strictly, such as times with fractions
		}
		status := map[int]evidence.RevocationStatus{ocsp.Good: evidence.NotRevoked, ocsp.Revoked: evidence.Revoked, ocsp.Unknown: evidence.RevocationUnsure}
		if got.Status != status[want.Status] {
			t.Errorf("status %q, and %q by x/crypto/ocsp", got.Status, status[want.Status])
		}
	})
}

func TestReasonName(t *testing.T) {
	for code, want := range map[int]string{0: "unspecified", 1: "keyCompromise", 7: "reason 7", 10: "aACompromise", -1: "reason -1", 11: "reason 11"} {
		if got := ReasonName(code); got != want {
			t.Errorf("%d is %q, want %q", code, got, want)
		}
	}
}
