package revocation

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/testca"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ocsp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// authority is a root that issues, answers and lists.
type authority struct{ testca.Authority }

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	return authority{testca.New(t, name, testca.NewKey(t), now)}
}

const serial = 0x1234

// leaf names where to ask.
func (a authority) leaf(t testing.TB, responder, list string) *x509.Certificate {
	t.Helper()
	c := x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "mail.example.org"}}
	if responder != "" {
		c.OCSPServer = []string{responder}
	}
	if list != "" {
		c.CRLDistributionPoints = []string{list}
	}
	return a.Sign(t, c, testca.NewKey(t).Public())
}

// list makes a CRL with the given serial numbers, changed by change.
func (a authority) list(t testing.TB, change func(*x509.RevocationList), numbers ...int64) []byte {
	t.Helper()
	l := x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour)}
	for _, n := range numbers {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: big.NewInt(n), RevocationTime: now.Add(-2 * time.Hour), ReasonCode: 1})
	}
	if change != nil {
		change(&l)
	}
	der, err := x509.CreateRevocationList(rand.Reader, &l, a.Cert, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// answer makes an OCSP response.
func (a authority) answer(t testing.TB, status int, signer crypto.Signer) []byte {
	t.Helper()
	der, err := ocsp.CreateResponse(a.Cert, a.Cert, ocsp.Response{Status: status, SerialNumber: big.NewInt(serial), RevokedAt: now.Add(-time.Hour),
		RevocationReason: ocsp.Superseded, ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// withoutNextUpdate takes nextUpdate out of a list and signs what is left.
func (a authority) withoutNextUpdate(t testing.TB) []byte {
	t.Helper()
	var list struct {
		TBS struct {
			Version    int
			Algorithm  pkix.AlgorithmIdentifier
			Issuer     asn1.RawValue
			ThisUpdate time.Time
			NextUpdate time.Time
			Extensions asn1.RawValue `asn1:"explicit,optional,tag:0"`
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(a.list(t, nil), &list); err != nil {
		t.Fatal(err)
	}
	tbs, err := asn1.Marshal(struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		Issuer     asn1.RawValue
		ThisUpdate time.Time
	}{list.TBS.Version, list.TBS.Algorithm, list.TBS.Issuer, list.TBS.ThisUpdate})
	if err != nil {
		t.Fatal(err)
	}
	h := crypto.SHA256.New()
	h.Write(tbs)
	signature, err := a.Key.Sign(rand.Reader, h.Sum(nil), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, list.Algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// serve answers every request with what body returns.
func serve(t testing.TB, body func(w http.ResponseWriter, r *http.Request)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(body))
	t.Cleanup(s.Close)
	return s.URL + "/x"
}

func fixed(body []byte) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }
}

// point is the extension that says which part of an authority's list a list is.
func point(url string, flags ...byte) pkix.Extension {
	tlv := func(tag byte, body []byte) []byte { return append([]byte{tag, byte(len(body))}, body...) }
	var value []byte
	if url != "" {
		value = tlv(0xa0, tlv(0xa0, tlv(0x86, []byte(url))))
	}
	for _, n := range flags {
		value = append(value, tlv(0x80|n, []byte{0xff})...)
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: tlv(0x30, value)}
}

func with(extensions ...pkix.Extension) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) { l.ExtraExtensions = extensions }
}

// TestLists asks for lists of all kinds: only a whole and fresh one of the authority itself tells that a certificate is
// good.
func TestLists(t *testing.T) {
	ca, other := newAuthority(t, "Authority"), newAuthority(t, "Authority")
	stranger := newAuthority(t, "Somebody else")
	for _, tt := range []struct {
		name   string
		make   func(url string) []byte
		status evidence.RevocationStatus
		why    string // part of it, where there is no status
	}{
		{"good", func(string) []byte { return ca.list(t, nil, 1, 2) }, evidence.NotRevoked, ""},
		{"revoked", func(string) []byte { return ca.list(t, nil, 1, serial) }, evidence.Revoked, ""},
		{"taken back", func(string) []byte {
			return ca.list(t, func(l *x509.RevocationList) { l.RevokedCertificateEntries[0].ReasonCode = removeFromCRL }, serial)
		}, evidence.NotRevoked, ""},
		{"out of date", func(string) []byte {
			return ca.list(t, func(l *x509.RevocationList) {
				l.ThisUpdate, l.NextUpdate = now.Add(-48*time.Hour), now.Add(-24*time.Hour)
			})
		}, "", "out of date since 2026-11-24"},
		{"not yet valid", func(string) []byte {
			return ca.list(t, func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now.Add(time.Hour), now.Add(2*time.Hour) })
		}, "", "not valid yet"},
		{"without an end", func(string) []byte { return ca.withoutNextUpdate(t) }, "", "until when"},
		{"signed by another of that name", func(string) []byte { return other.list(t, nil) }, "", "did not sign"},
		{"of another", func(string) []byte { return stranger.list(t, nil) }, "", "another authority"},
		{"changes only", func(string) []byte {
			return ca.list(t, with(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}))
		}, "", "changes only"},
		{"changes only, and revoked", func(string) []byte {
			return ca.list(t, with(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}), serial)
		}, evidence.Revoked, ""},
		{"the part for it", func(url string) []byte { return ca.list(t, with(point(url, 1))) }, evidence.NotRevoked, ""},
		{"another part", func(string) []byte { return ca.list(t, with(point("http://crl.example.org/7"))) }, "", "not this certificate's"},
		{"another part, with that number", func(string) []byte { return ca.list(t, with(point("http://crl.example.org/7")), serial) }, "", "not this"},
		{"for authorities", func(url string) []byte { return ca.list(t, with(point(url, 2))) }, "", "another kind"},
		{"for attribute certificates", func(url string) []byte { return ca.list(t, with(point("", 5))) }, "", "another kind"},
		{"for some reasons", func(url string) []byte { return ca.list(t, with(point(url, 3))) }, "", "some reasons"},
		{"of several authorities", func(url string) []byte { return ca.list(t, with(point(url, 4))) }, "", "several"},
		{"a broken extent", func(string) []byte {
			return ca.list(t, with(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: []byte{0x30, 5, 1}}))
		}, "", "cannot be read"},
		{"an unknown critical extension", func(string) []byte {
			return ca.list(t, with(pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}))
		}, "", "critical extension"},
		{"no list", func(string) []byte { return []byte("<html>") }, "", "can be read"},
		{"nothing", func(string) []byte { return nil }, "", "can be read"},
		{"huge", func(string) []byte { return make([]byte, maxCRL+1) }, "", "more than the"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var body []byte
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
			body = tt.make(url)
			leaf := ca.leaf(t, "", url)
			got := new(Asker).Path(t.Context(), []*x509.Certificate{leaf, ca.Cert}, true, now)
			wants(t, got, tt.status, "CRL", tt.why)
		})
	}
}

func wants(t *testing.T, got []evidence.Revocation, status evidence.RevocationStatus, by, why string) {
	t.Helper()
	if len(got) != 1 {
		t.Fatalf("%d answers about one certificate", len(got))
	}
	r := got[0]
	if r.Status != status || status != "" && (r.By != by || r.URL == "" || r.ThisUpdate.IsZero()) {
		t.Errorf("got %+v, want %q by %s", r, status, by)
	}
	if why != "" && (len(r.Failed) == 0 || !strings.Contains(r.Failed[0].Why, why)) {
		t.Errorf("failed: %+v, want %q in it", r.Failed, why)
	}
	if status == evidence.Revoked && (r.RevokedAt.IsZero() || r.Reason == "") {
		t.Errorf("when and why was it revoked? %+v", r)
	}
}

func TestResponders(t *testing.T) {
	ca, other := newAuthority(t, "Authority"), newAuthority(t, "Authority")
	for _, tt := range []struct {
		name   string
		body   []byte
		status evidence.RevocationStatus
		why    string
	}{
		{"good", ca.answer(t, ocsp.Good, ca.Key), evidence.NotRevoked, ""},
		{"revoked", ca.answer(t, ocsp.Revoked, ca.Key), evidence.Revoked, ""},
		{"not known", ca.answer(t, ocsp.Unknown, ca.Key), "", "does not know"},
		{"signed by another", ca.answer(t, ocsp.Good, other.Key), "", "bad signature"},
		{"try later", ocsp.TryLaterErrorResponse, "", "refused"},
		{"no answer", []byte("<html>"), "", "malformed"},
		{"huge", make([]byte, 1<<20), "", "more than the"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				q, parse := ocsp.ParseRequest(body)
				if r.Method != http.MethodPost || err != nil || parse != nil || q.SerialNumber.Int64() != serial {
					t.Errorf("asked by %s: %v %v", r.Method, err, parse)
				}
				_, _ = w.Write(tt.body)
			})
			got := new(Asker).Path(t.Context(), []*x509.Certificate{ca.leaf(t, url, ""), ca.Cert}, true, now)
			wants(t, got, tt.status, "OCSP", tt.why)
		})
	}
}

// TestListAfterResponder goes on to the list where the responder does not answer, and keeps what failed.
func TestListAfterResponder(t *testing.T) {
	ca := newAuthority(t, "Authority")
	gone := serve(t, http.NotFound)
	leaf := ca.leaf(t, gone, serve(t, fixed(ca.list(t, nil, serial))))
	got := new(Asker).Path(t.Context(), []*x509.Certificate{leaf, ca.Cert}, true, now)
	wants(t, got, evidence.Revoked, "CRL", "HTTP status 404")
}

// TestAskedOnce asks about a certificate once, however many servers show it, and never about a root.
func TestAskedOnce(t *testing.T) {
	ca := newAuthority(t, "Authority")
	asked := 0
	list := ca.list(t, nil)
	leaf := ca.leaf(t, "", serve(t, func(w http.ResponseWriter, _ *http.Request) { asked++; _, _ = w.Write(list) }))
	a := new(Asker)
	for range 3 {
		wants(t, a.Path(t.Context(), []*x509.Certificate{leaf, ca.Cert}, true, now), evidence.NotRevoked, "CRL", "")
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if got := a.Path(t.Context(), nil, true, now); got != nil {
		t.Errorf("without a path: %+v", got)
	}
}

func TestSourceless(t *testing.T) {
	ca := newAuthority(t, "Authority")
	got := new(Asker).Path(t.Context(), []*x509.Certificate{ca.leaf(t, "", ""), ca.Cert}, true, now)
	if len(got) != 1 || !got[0].Sourceless || got[0].Status != "" {
		t.Errorf("%+v", got)
	}
}

// TestHostile makes authorities stall, go on for ever and lead elsewhere.
func TestHostile(t *testing.T) {
	ca := newAuthority(t, "Authority")
	elsewhere := serve(t, fixed(ca.list(t, nil)))
	for name, tt := range map[string]struct {
		url, why string
		timeout  time.Duration
	}{
		"stalls":        {serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), "no answer in time", 100 * time.Millisecond},
		"never ends":    {serve(t, endless(0)), "more than the", 0},
		"drips":         {serve(t, endless(10*time.Millisecond)), "no answer in time", 100 * time.Millisecond},
		"long headers":  {serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<18)) }), "header", 0},
		"elsewhere":     {serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) }), "leads on to", 0},
		"in a circle":   {serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }), "leads on to", 0},
		"nobody":        {"http://127.0.0.1:1/", "refused", 0},
		"a directory":   {"ldap://ldap.example.org/cn=list", "only HTTP", 0},
		"a file":        {"file:///etc/passwd", "only HTTP", 0},
		"a password":    {"http://me:secret@127.0.0.1/", "password", 0},
		"no host":       {"http:///list", "no host", 0},
		"no address":    {"http://[::1", "cannot be read", 0},
		"other scheme":  {"gopher://127.0.0.1/", "only HTTP", 0},
		"other charset": {"http://127.0.0.1:1/\x7f", "cannot be read", 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := &Asker{Timeout: tt.timeout}
			_, err := a.crl(t.Context(), question{cert: ca.leaf(t, "", "http://x.example/"), issuer: ca.Cert, anywhere: true, at: now}, tt.url)
			if err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v, want %q in it", err, tt.why)
			}
		})
	}
}

// endless writes for as long as anybody reads.
func endless(pause time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(max(pause, time.Nanosecond))
		defer tick.Stop()
		chunk := bytes.Repeat([]byte{0x30}, 1<<16)
		if pause > 0 {
			chunk = chunk[:1]
		}
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
			if pause == 0 {
				continue
			}
			w.(http.Flusher).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	}
}

// TestNotPublic asks nobody at an address that is not public, however it is named.
func TestNotPublic(t *testing.T) {
	ca := newAuthority(t, "Authority")
	asked := false
	url := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	for _, u := range []string{url, strings.Replace(url, "127.0.0.1", "localhost", 1), strings.Replace(url, "127.0.0.1", "[::ffff:127.0.0.1]", 1)} {
		got := new(Asker).Path(t.Context(), []*x509.Certificate{ca.leaf(t, u, u), ca.Cert}, false, now)
		if asked || got[0].Status != "" || len(got[0].Failed) != 2 {
			t.Errorf("%s: %+v", u, got)
		}
		for _, f := range got[0].Failed {
			if !strings.Contains(f.Why, "no public address") && !strings.Contains(f.Why, "lookup") {
				t.Errorf("%s: %s", u, f.Why)
			}
		}
	}
}

func TestOnlyPublic(t *testing.T) {
	for address, want := range map[string]bool{"1.1.1.1:80": true, "1.1.1.1:443": true, "1.1.1.1:25": false, "[::1]:80": false, "x": false} {
		if err := onlyPublic("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestCancelled ends at once.
func TestCancelled(t *testing.T) {
	ca := newAuthority(t, "Authority")
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := new(Asker).Path(ctx, []*x509.Certificate{ca.leaf(t, url, url), ca.Cert}, true, now)
	if got[0].Status != "" || len(got[0].Failed) != 2 {
		t.Errorf("%+v", got)
	}
}

// FuzzReadCRL holds for any bytes: no panic, and what is believed is signed.
func FuzzReadCRL(f *testing.F) {
	ca := authority{testca.New(f, "Authority", testca.FixedKey(f), now)}
	q := question{cert: ca.leaf(f, "", "http://crl.example.org/1"), issuer: ca.Cert, at: now}
	f.Add(ca.list(f, nil, serial))
	f.Add(ca.list(f, with(point("http://crl.example.org/1", 1))))
	f.Fuzz(func(t *testing.T, der []byte) {
		readDistributionPoint(der)
		if got, err := readCRL(der, q); err == nil {
			list, err := x509.ParseRevocationList(der)
			if err != nil || list.CheckSignatureFrom(ca.Cert) != nil {
				t.Errorf("believed without a signature: %+v", got)
			}
		}
	})
}
