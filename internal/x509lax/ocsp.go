package x509lax

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// MaxOCSP is how many bytes of an OCSP response are read; usual ones have some 500 to 2,500.
const MaxOCSP = 1 << 16

// Times of OCSP responses.
const (
	ocspSkew = 5 * time.Minute     // by which clocks may differ
	ocspLife = 10 * 24 * time.Hour // of a response that does not say when the next one comes (Baseline Requirements, Section 4.9.10)
)

// ocspReader collects what is read from one OCSP response.
type ocspReader struct {
	*reader
	out  *evidence.OCSPResponse
	leaf *reader
	by   []issuerKey

	tbs, signature []byte // what is signed, and the signature
	algorithm      evidence.CertSignature
	certs          [][]byte // that came along
}

// ReadOCSP tells what an OCSP response (RFC 6960, Section 4.2.1) says of the first certificate of chain, and whether that
// is to be believed at that time. The rest of the chain, in any order, is where the issuer is looked for. It never fails:
// what speaks against the response is in its Problems.
func ReadOCSP(response []byte, chain [][]byte, at time.Time) evidence.OCSPResponse {
	sum := sha256.Sum256(response)
	out := evidence.OCSPResponse{SHA256: hex.EncodeToString(sum[:]), At: at}
	o := &ocspReader{reader: &reader{cert: &evidence.Certificate{}}, out: &out, leaf: &reader{cert: &evidence.Certificate{}}}
	if len(chain) > 0 {
		o.leaf = read(chain[0])
		o.by = issuersOf(o.leaf, chain)
	}
	if len(response) > MaxOCSP {
		o.because(evidence.OCSPMalformed, fmt.Sprintf("%d bytes, more than the %d that are read", len(response), MaxOCSP))
		return out
	}
	o.response(response)
	return out
}

// because adds a problem once; the first word about it stays.
func (o *ocspReader) because(p evidence.OCSPProblem, detail string) {
	if !slices.Contains(o.out.Problems, p) {
		o.out.Problems = append(o.out.Problems, p)
	}
	if o.out.Detail == "" {
		o.out.Detail = detail
	}
}

// broken notes that what was wanted is not there.
func (o *ocspReader) broken() {
	o.because(evidence.OCSPMalformed, strings.Join(o.cert.Problems, "; "))
}

// refusals are the states of a response that answers nothing (RFC 6960, Section 4.2.1).
var refusals = map[int]string{1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized"}

// response reads OCSPResponse.
func (o *ocspReader) response(der []byte) {
	const field = "OCSP response"
	outer, ok := o.one(der, tagSequence, field)
	if !ok {
		o.broken()
		return
	}
	s := o.inside(outer, field)
	state, ok := s.want(tagEnumerated, "responseStatus")
	n, small := smallInt(state.body)
	switch {
	case !ok || !small:
		o.problem("responseStatus: malformed")
		o.broken()
		return
	case n != 0:
		o.because(evidence.OCSPRefused, refusals[n])
		return
	}
	if body, ok := s.want(constructed0, "responseBytes"); ok {
		if seq, ok := o.one(body.body, tagSequence, "responseBytes"); ok {
			o.responseBytes(seq)
			return
		}
	}
	o.broken()
}

// oidBasicOCSP is the one kind of responses there is.
const oidBasicOCSP = "1.3.6.1.5.5.7.48.1.1"

func (o *ocspReader) responseBytes(e element) {
	s := o.inside(e, "responseBytes")
	id, _ := s.want(tagOID, "responseType")
	if o.dotted(id.body, "responseType") != oidBasicOCSP {
		o.problem("responseType: no basic response")
		o.broken()
		return
	}
	body, ok := s.want(tagOctetString, "response")
	if !ok || !o.basic(body.body) {
		o.broken()
	}
}

// basic reads BasicOCSPResponse. It reports whether all could be read that must be there.
func (o *ocspReader) basic(der []byte) bool {
	outer, ok := o.one(der, tagSequence, "BasicOCSPResponse")
	if !ok {
		return false
	}
	s := o.inside(outer, "BasicOCSPResponse")
	tbs, ok := s.want(tagSequence, "tbsResponseData")
	if !ok || tbs.clipped {
		return false
	}
	o.tbs = tbs.full
	data := o.data(tbs)
	alg, ok := s.want(tagSequence, "signatureAlgorithm")
	if !ok {
		return false
	}
	oid, params := o.reader.algorithm(alg, "signatureAlgorithm")
	o.algorithm = o.signatureBy(oid, params)
	sig, ok := s.want(tagBitString, "signature")
	if !ok {
		return false
	}
	o.signature = o.bitString(sig, "signature")
	if list, ok := s.optional(constructed0); ok {
		if certs, ok := o.one(list.body, tagSequence, "certs"); ok {
			o.each(certs, tagSequence, "certs", func(e element) { o.certs = append(o.certs, e.full) })
		}
	}
	o.verify()
	return data
}
