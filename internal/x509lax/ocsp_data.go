package x509lax

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// data reads ResponseData: of its answers the one about the certificate.
func (o *ocspReader) data(tbs element) bool {
	s := o.inside(tbs, "tbsResponseData")
	s.optional(constructed0) // version
	if _, byName := s.optional(constructed0 | 1); !byName {
		if _, byKey := s.want(constructed0|2, "responderID"); !byKey {
			return false
		}
	}
	var ok bool
	if o.out.ProducedAt, ok = o.generalized(s, "producedAt"); !ok {
		return false
	}
	list, ok := s.want(tagSequence, "responses")
	if !ok {
		return false
	}
	found, readable := false, true
	o.each(list, tagSequence, "responses", func(e element) {
		single := o.inside(e, "response")
		id, ok := single.want(tagSequence, "certID")
		switch {
		case !ok:
			readable = false
		case !found && o.isAbout(id):
			found = true
			readable = o.single(single) && readable
		}
	})
	if !found && readable {
		o.because(evidence.OCSPOther, "")
	}
	if x, ok := s.optional(constructed0 | 1); ok {
		o.extensions(x)
	}
	return readable
}

// generalized reads a GeneralizedTime.
func (o *ocspReader) generalized(s *sequence, field string) (time.Time, bool) {
	e, ok := s.want(tagGenTime, field)
	if !ok {
		return time.Time{}, false
	}
	t, _, ok := parseTime(e.body, true)
	if !ok {
		o.problem("%s: cannot be read as a time", field)
	}
	return t, ok
}

// single reads what follows the CertID in a SingleResponse.
func (o *ocspReader) single(s *sequence) bool {
	status, ok := s.next()
	if !ok || !o.status(status) {
		o.problem("certStatus: cannot be read")
		return false
	}
	if o.out.ThisUpdate, ok = o.generalized(s, "thisUpdate"); !ok {
		return false
	}
	if next, there := s.optional(constructed0); there {
		if o.out.NextUpdate, ok = o.generalized(o.inside(next, "nextUpdate"), "nextUpdate"); !ok {
			return false
		}
	}
	if x, ok := s.optional(constructed0 | 1); ok {
		o.extensions(x)
	}
	o.inTime()
	return true
}

// status reads CertStatus.
func (o *ocspReader) status(e element) bool {
	switch e.tag {
	case context0:
		o.out.Status = evidence.NotRevoked
	case constructed0 | 1:
		o.out.Status = evidence.Revoked
		s := o.inside(e, "revoked")
		o.out.RevokedAt, _ = o.generalized(s, "revocationTime")
		if reason, ok := s.optional(constructed0); ok {
			if n, ok := o.one(reason.body, tagEnumerated, "revocationReason"); ok {
				code, _ := smallInt(n.body)
				o.out.Reason = ReasonName(code)
			}
		}
	case context0 | 2:
		o.out.Status = evidence.RevocationUnsure
	default:
		return false
	}
	return true
}

// inTime compares the times with the one that is judged for.
func (o *ocspReader) inTime() {
	end := o.out.NextUpdate
	if end.IsZero() {
		end = o.out.ThisUpdate.Add(ocspLife)
	}
	switch at := o.out.At; {
	case at.Add(ocspSkew).Before(o.out.ThisUpdate):
		o.because(evidence.OCSPNotYetValid, "")
	case at.Add(-ocspSkew).After(end):
		o.because(evidence.OCSPExpired, "")
	}
}

// oidSCTs is the extension with timestamps of logs (RFC 6962, Section 3.3).
const oidSCTs = "1.3.6.1.4.1.11129.2.4.5"

// extensions reads Extensions: timestamps are counted, and what is critical must be known.
func (o *ocspReader) extensions(e element) {
	list, ok := o.one(e.body, tagSequence, "extensions")
	if !ok {
		return
	}
	o.each(list, tagSequence, "extensions", func(x element) {
		s := o.inside(x, "extension")
		id, _ := s.want(tagOID, "extension")
		oid := o.dotted(id.body, "extension")
		critical := false
		if b, ok := s.optional(tagBoolean); ok {
			critical = o.boolean(b, "extension")
		}
		value, ok := s.want(tagOctetString, "extension")
		switch {
		case oid == oidSCTs && ok:
			o.scts(value.body)
			o.out.SCTs = o.cert.SCTs
		case critical:
			o.because(evidence.OCSPCritical, "extension "+oid)
		}
	})
}

// isAbout reports whether a CertID (RFC 6960, Section 4.1.1) names the certificate: its serial number and issuer.
func (o *ocspReader) isAbout(id element) bool {
	s := o.inside(id, "certID")
	alg, ok := s.want(tagSequence, "hashAlgorithm")
	if !ok {
		return false
	}
	oid, _ := o.reader.algorithm(alg, "hashAlgorithm")
	name, _ := s.want(tagOctetString, "issuerNameHash")
	key, _ := s.want(tagOctetString, "issuerKeyHash")
	serial, ok := s.want(tagInteger, "serialNumber")
	if !ok || !bytes.Equal(serial.body, o.leaf.serialNumber) {
		return false
	}
	hash, known := hashFunctions[hashes[oid]]
	if !known {
		return true // nobody can tell, and whoever signed it should
	}
	ours := func(sum, of []byte) bool {
		h := hash.New()
		h.Write(of)
		return bytes.Equal(h.Sum(nil), sum)
	}
	return ours(name.body, o.leaf.issuer) &&
		(len(o.by) == 0 || slices.ContainsFunc(o.by, func(k issuerKey) bool { return ours(key.body, k.point) }))
}

// ReasonName is the name of a reason for revocation (RFC 5280, Section 5.3.1).
func ReasonName(code int) string {
	names := [...]string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	if code < 0 || code >= len(names) || names[code] == "" {
		return fmt.Sprintf("reason %d", code)
	}
	return names[code]
}
