package check

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestRevoked goes through what authorities may have said, and what came with the certificate.
func TestRevoked(t *testing.T) {
	said := func(list ...evidence.Revocation) evidence.Fact[[]evidence.Revocation] {
		return evidence.Fact[[]evidence.Revocation]{State: evidence.Known, Value: list}
	}
	good := func(key string) evidence.Revocation {
		return evidence.Revocation{Certificate: key, Status: evidence.NotRevoked}
	}
	failed := evidence.Revocation{Certificate: "leaf", Failed: []evidence.Inquiry{{By: "OCSP", Why: "x"}, {By: "CRL", Why: "HTTP status 404"}}}
	notAsked := evidence.Fact[[]evidence.Revocation]{Why: evidence.NotAsked}
	staple := func(s evidence.RevocationStatus, p ...evidence.OCSPProblem) evidence.OCSPResponse {
		return evidence.OCSPResponse{Status: s, Problems: p}
	}
	for _, c := range []struct {
		name   string
		fact   evidence.Fact[[]evidence.Revocation]
		staple []evidence.OCSPResponse
		want   Level
		text   string
	}{
		{"all good", said(good("leaf"), good("ca")), nil, Pass, "calls it good"},
		{"the leaf", said(evidence.Revocation{Certificate: "leaf", Status: evidence.Revoked, RevokedAt: scanned}, good("ca")), nil, Warn, "since 2026-11-23"},
		{"its issuer", said(good("leaf"), evidence.Revocation{Certificate: "ca", Status: evidence.Revoked}), nil, Warn, "R1 is revoked"},
		{"no answer", said(failed, good("ca")), nil, Undecided, "CRL: HTTP status 404"},
		{"no answer, and the issuer is revoked", said(failed, evidence.Revocation{Certificate: "ca", Status: evidence.Revoked}), nil, Warn, "R1 is revoked"},
		{"nobody to ask", said(evidence.Revocation{Certificate: "leaf", Sourceless: true}, good("ca")), nil, NotApplicable, "does not tell"},
		{"nobody to ask about the issuer", said(good("leaf"), evidence.Revocation{Certificate: "ca", Sourceless: true}), nil, Pass, ""},
		{"not about this one", said(good("ca")), nil, Undecided, "nobody was asked"},
		{"interrupted", evidence.Fact[[]evidence.Revocation]{State: evidence.Unknown, Why: "interrupted"}, nil, Undecided, "interrupted"},
		{"not asked", notAsked, nil, Undecided, evidence.NotAsked},
		{"not asked, vouched for", notAsked, []evidence.OCSPResponse{staple(evidence.NotRevoked)}, Pass, "comes with it"},
		{"not asked, told", notAsked, []evidence.OCSPResponse{staple(evidence.Revoked)}, Warn, "is revoked"},
		{"not asked, told by nobody", notAsked, []evidence.OCSPResponse{staple(evidence.Revoked, evidence.OCSPSignature)}, Undecided, evidence.NotAsked},
		{"vouched for, but revoked", said(evidence.Revocation{Certificate: "leaf", Status: evidence.Revoked}), []evidence.OCSPResponse{staple(evidence.NotRevoked)}, Warn, ""},
	} {
		e := healthy(t)
		e.Facts.Revocation = c.fact
		e.Facts.Certificates.Value[0].Staples = c.staple
		if f := run(t, "cert-revoked", e); f.Level != c.want || !strings.Contains(f.Message, c.text) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// TestRevokedOnRequest leaves the check out if nobody requested it, in quick scans as in others; if somebody did, it counts.
func TestRevokedOnRequest(t *testing.T) {
	for _, quick := range []bool{false, true} {
		s := NewSubject(healthy(t))
		s.Quick = quick
		s.Endpoint.Facts.Revocation = evidence.Fact[[]evidence.Revocation]{Why: evidence.NotAsked}
		if f, ok := judged(t, s, "cert-revoked"); ok {
			t.Errorf("quick %v, not requested: %+v", quick, f)
		}
		s.Endpoint.Facts.Revocation = evidence.Fact[[]evidence.Revocation]{State: evidence.Partial, Value: []evidence.Revocation{{Certificate: "leaf"}}}
		if f, ok := judged(t, s, "cert-revoked"); !ok || f.Level != Undecided {
			t.Errorf("quick %v, requested: %v %+v", quick, ok, f)
		}
	}
}

// TestStaples tells responses that nobody can use, and those of which that is not known.
func TestStaples(t *testing.T) {
	for _, c := range []struct {
		name   string
		sent   bool
		staple []evidence.OCSPResponse
		want   Level
		note   bool
		text   string
	}{
		{"none", false, nil, Pass, false, "without"},
		{"not kept", true, nil, Undecided, false, "not kept"},
		{"good", true, []evidence.OCSPResponse{{Status: evidence.NotRevoked}}, Pass, false, "can be used"},
		{"not checked", true, []evidence.OCSPResponse{{Problems: []evidence.OCSPProblem{evidence.OCSPUnverified}, Detail: "no issuer"}}, Undecided, false, "no issuer"},
		{"not checked, and old", true, []evidence.OCSPResponse{{Problems: []evidence.OCSPProblem{evidence.OCSPUnverified, evidence.OCSPExpired},
			NextUpdate: scanned}}, Pass, true, "since 2026-11-23"},
		{"one of two", true, []evidence.OCSPResponse{{Status: evidence.NotRevoked}, {Problems: []evidence.OCSPProblem{evidence.OCSPSignature}}}, Pass, true, "not signed"},
		{"not known", true, []evidence.OCSPResponse{{Status: evidence.RevocationUnsure}}, Pass, true, "does not know"},
		{"of the future", true, []evidence.OCSPResponse{{Problems: []evidence.OCSPProblem{"new"}}}, Pass, true, "faulty: new"},
	} {
		e := healthy(t)
		e.Facts.Certificates.Value[0].Stapled, e.Facts.Certificates.Value[0].Staples = c.sent, c.staple
		if f := run(t, "ocsp-staple-invalid", e); f.Level != c.want || f.Note != c.note || !strings.Contains(f.Message, c.text) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// TestPublishedInStaple finds timestamps of logs in the OCSP response.
func TestPublishedInStaple(t *testing.T) {
	e := healthy(t)
	e.Blobs.Certificates["leaf"].SCTs = 0
	c := &e.Facts.Certificates.Value[0]
	c.Stapled = true
	if f := run(t, "cert-no-sct", e); f.Level != Undecided {
		t.Errorf("response not kept: %+v", f)
	}
	c.Staples = []evidence.OCSPResponse{{SCTs: 1}}
	if f := run(t, "cert-no-sct", e); f.Level != Pass || f.Note {
		t.Errorf("in the response: %+v", f)
	}
	c.Staples[0].SCTs = 0
	if f := run(t, "cert-no-sct", e); !f.Note {
		t.Errorf("nowhere: %+v", f)
	}
}
