package revocation

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/x509lax"
	"golang.org/x/crypto/ocsp"
)

// maxPlaces is how many addresses of a kind are asked about one certificate.
const maxPlaces = 3

// Asker asks authorities, about each certificate once. The zero value is ready. It is not safe for concurrent use.
type Asker struct {
	Timeout time.Duration // of each question; 0: 10 s

	told map[string]evidence.Revocation
}

// Path asks about the certificates of a path, the server's first and the root last, which is not asked about. With
// anywhere, addresses may be asked that are not public. It returns one answer for each certificate.
func (a *Asker) Path(ctx context.Context, path []*x509.Certificate, anywhere bool, at time.Time) []evidence.Revocation {
	var out []evidence.Revocation
	for i, c := range path[:max(0, len(path)-1)] {
		key := keyOf(c)
		r, known := a.told[key]
		if !known {
			r = a.one(ctx, question{cert: c, issuer: path[i+1], anywhere: anywhere, at: at})
			if a.told == nil {
				a.told = make(map[string]evidence.Revocation)
			}
			a.told[key] = r
		}
		out = append(out, r)
	}
	return out
}

// keyOf is the key of a certificate in the evidence: the beginning of its hash.
func keyOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:8])
}

// question is one certificate to be asked about.
type question struct {
	cert, issuer *x509.Certificate
	anywhere     bool
	at           time.Time
}

// answer is what an authority says.
type answer struct {
	status                            evidence.RevocationStatus
	thisUpdate, nextUpdate, revokedAt time.Time
	reason                            string
}

// one asks by OCSP, whose answers are short and fresh, then for lists, until somebody gives an answer to go by.
func (a *Asker) one(ctx context.Context, q question) evidence.Revocation {
	r := evidence.Revocation{Certificate: keyOf(q.cert)}
	r.Sourceless = len(q.cert.OCSPServer) == 0 && len(q.cert.CRLDistributionPoints) == 0
	for _, kind := range []struct {
		by   string
		urls []string
		ask  func(context.Context, question, string) (answer, error)
	}{{"OCSP", q.cert.OCSPServer, a.ocsp}, {"CRL", q.cert.CRLDistributionPoints, a.crl}} {
		for _, url := range kind.urls[:min(len(kind.urls), maxPlaces)] {
			got, err := kind.ask(ctx, q, url)
			if err != nil {
				r.Failed = append(r.Failed, evidence.Inquiry{By: kind.by, URL: url, Why: err.Error()})
				continue
			}
			r.Status, r.By, r.URL, r.ThisUpdate, r.NextUpdate = got.status, kind.by, url, got.thisUpdate, got.nextUpdate
			r.RevokedAt, r.Reason = got.revokedAt, got.reason
			return r
		}
	}
	return r
}

// ocsp asks a responder (RFC 6960, Appendix A.1).
func (a *Asker) ocsp(ctx context.Context, q question, url string) (answer, error) {
	body, err := ocsp.CreateRequest(q.cert, q.issuer, nil)
	if err != nil {
		return answer{}, fmt.Errorf("the question cannot be put: %w", err)
	}
	der, err := a.fetch(ctx, request{url: url, body: body, contentType: "application/ocsp-request", limit: x509lax.MaxOCSP}, q.anywhere)
	if err != nil {
		return answer{}, err
	}
	r := x509lax.ReadOCSP(der, [][]byte{q.cert.Raw, q.issuer.Raw}, q.at)
	switch {
	case !r.Believed():
		var words []string
		for _, p := range r.Problems {
			words = append(words, strings.ReplaceAll(string(p), "_", " "))
		}
		return answer{}, fmt.Errorf("an answer that does not count: %s", strings.Join(words, ", "))
	case r.Status == evidence.RevocationUnsure:
		return answer{}, fmt.Errorf("the authority does not know the certificate")
	}
	return answer{r.Status, r.ThisUpdate, r.NextUpdate, r.RevokedAt, r.Reason}, nil
}

// crl fetches a list and looks the certificate up.
func (a *Asker) crl(ctx context.Context, q question, url string) (answer, error) {
	der, err := a.fetch(ctx, request{url: url, limit: maxCRL}, q.anywhere)
	if err != nil {
		return answer{}, err
	}
	return readCRL(der, q)
}
