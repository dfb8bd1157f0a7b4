package x509lax

import (
	"encoding/hex"

	"github.com/mailtls/mailtls/evidence"
)

// readExtensions reads Extensions (RFC 5280, Section 4.1.2.9). Of an extension that comes twice, the first counts.
func (r *reader) readExtensions(e element) {
	if r.cert.Version != 3 {
		r.problem("extensions: only version 3 has them")
	}
	list, ok := r.one(e.body, tagSequence, "extensions")
	if !ok {
		return
	}
	s := r.inside(list, "extensions")
	for len(s.rest) > 0 {
		if len(r.cert.Extensions) == maxList {
			r.problem("extensions: more than %d, the rest is left out", maxList)
			return
		}
		if ext, ok := s.want(tagSequence, "extension"); ok {
			r.extension(ext)
		}
	}
}

func (r *reader) extension(e element) {
	s := r.inside(e, "extension")
	id, ok := s.want(tagOID, "extension")
	if !ok {
		return
	}
	x := evidence.CertExtension{OID: r.dotted(id.body, "extension")}
	x.Name = extensionNames[x.OID]
	if b, ok := s.optional(tagBoolean); ok {
		x.Critical = r.boolean(b, "extension")
	}
	r.cert.Extensions = append(r.cert.Extensions, x)
	value, ok := s.want(tagOctetString, "extension")
	s.end()
	switch {
	case r.extensions[x.OID]:
		r.problem("extension %s: comes twice", x.OID)
	case ok:
		r.extensionValue(x.Name, value.body)
	}
	r.extensions[x.OID] = true
}

// boolean reads a BOOLEAN, of which everything but zero is true (X.690, Section 8.2).
func (r *reader) boolean(e element, field string) bool {
	if len(e.body) != 1 {
		r.problem("%s: malformed boolean", field)
		return false
	}
	if e.body[0] != 0 && e.body[0] != 0xff {
		r.problem("%s: boolean that is neither 0x00 nor 0xff", field)
	}
	return e.body[0] != 0
}

// extensionValue reads the extensions that somebody asks about.
func (r *reader) extensionValue(name string, b []byte) {
	switch name {
	case "subjectAltName":
		r.san = b
		r.altNames(b)
	case "basicConstraints":
		r.basicConstraints(b)
	case "keyUsage":
		r.keyUsage(b)
	case "extKeyUsage":
		r.extKeyUsage(b)
	case "subjectKeyIdentifier":
		if e, ok := r.one(b, tagOctetString, name); ok {
			r.cert.SubjectKeyID = r.keyID(e.body, name)
		}
	case "authorityKeyIdentifier":
		r.authorityKeyID(b)
	case "authorityInfoAccess":
		r.infoAccess(b)
	case "cRLDistributionPoints":
		r.crls(b)
	case "certificatePolicies":
		r.policies(b)
	case "sctList":
		r.scts(b)
	case "tlsFeature":
		r.tlsFeatures(b)
	}
}

func (r *reader) basicConstraints(b []byte) {
	seq, ok := r.one(b, tagSequence, "basicConstraints")
	if !ok {
		return
	}
	c := &evidence.BasicConstraints{}
	s := r.inside(seq, "basicConstraints")
	if e, ok := s.optional(tagBoolean); ok {
		c.CA = r.boolean(e, "basicConstraints")
	}
	if e, ok := s.optional(tagInteger); ok {
		n, ok := smallInt(e.body)
		if !ok || n < 0 {
			r.problem("basicConstraints: impossible path length")
		} else {
			c.PathLen = &n
		}
	}
	s.end()
	r.cert.BasicConstraints = c
}

// keyUsageNames are the bits of RFC 5280, Section 4.2.1.3, from the first.
var keyUsageNames = [...]string{
	"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
	"cRLSign", "encipherOnly", "decipherOnly",
}

func (r *reader) keyUsage(b []byte) {
	e, ok := r.one(b, tagBitString, "keyUsage")
	if !ok {
		return
	}
	if len(e.body) == 0 || e.body[0] > 7 {
		r.problem("keyUsage: malformed bit string")
		return
	}
	bits := e.body[1:]
	r.cert.KeyUsage = []string{}
	for i, name := range keyUsageNames {
		if i/8 < len(bits) && bits[i/8]&(0x80>>(i%8)) != 0 {
			r.cert.KeyUsage = append(r.cert.KeyUsage, name)
		}
	}
	if len(r.cert.KeyUsage) == 0 {
		r.problem("keyUsage: no usage")
	}
}

func (r *reader) extKeyUsage(b []byte) {
	seq, ok := r.one(b, tagSequence, "extKeyUsage")
	if !ok {
		return
	}
	r.cert.ExtKeyUsage = []string{}
	r.each(seq, tagOID, "extKeyUsage", func(e element) {
		oid := r.dotted(e.body, "extKeyUsage")
		if name := usageNames[oid]; name != "" {
			oid = name
		}
		r.cert.ExtKeyUsage = append(r.cert.ExtKeyUsage, oid)
	})
	if len(r.cert.ExtKeyUsage) == 0 {
		r.problem("extKeyUsage: no usage")
	}
}

// eachIn is each of the elements of the sequence that b is.
func (r *reader) eachIn(b []byte, tag byte, field string, f func(element)) {
	if seq, ok := r.one(b, tagSequence, field); ok {
		r.each(seq, tag, field, f)
	}
}

// each calls f for the elements of a list that all have one tag, up to maxList of them.
func (r *reader) each(list element, tag byte, field string, f func(element)) {
	s := r.inside(list, field)
	for n := 0; len(s.rest) > 0; n++ {
		if n == maxList {
			r.problem("%s: more than %d, the rest is left out", field, maxList)
			return
		}
		if e, ok := s.want(tag, field); ok {
			f(e)
		}
	}
}

func (r *reader) policies(b []byte) {
	r.eachIn(b, tagSequence, "certificatePolicies", func(e element) {
		if id, ok := r.inside(e, "certificatePolicies").want(tagOID, "certificatePolicies"); ok {
			r.cert.Policies = append(r.cert.Policies, r.dotted(id.body, "certificatePolicies"))
		}
	})
}

// tlsFeatures reads Features (RFC 7633, Section 4.1).
func (r *reader) tlsFeatures(b []byte) {
	const statusRequest = 5
	r.eachIn(b, tagInteger, "tlsFeature", func(e element) {
		n, ok := smallInt(e.body)
		if !ok {
			r.problem("tlsFeature: no extension type")
			return
		}
		r.cert.TLSFeatures = append(r.cert.TLSFeatures, n)
		r.cert.MustStaple = r.cert.MustStaple || n == statusRequest
	})
}

// scts counts the timestamps in SignedCertificateTimestampList (RFC 6962, Section 3.3).
func (r *reader) scts(b []byte) {
	e, ok := r.one(b, tagOctetString, "sctList")
	if !ok {
		return
	}
	list, ok := vector(&e.body)
	if !ok || len(e.body) > 0 {
		r.problem("sctList: malformed")
	}
	for len(list) > 0 {
		if sct, ok := vector(&list); !ok || len(sct) == 0 {
			r.problem("sctList: malformed")
			return
		}
		r.cert.SCTs++
	}
}

// vector takes a TLS vector with a length of two bytes off the front of b (RFC 8446, Section 3.4).
func vector(b *[]byte) (v []byte, ok bool) {
	if len(*b) < 2 {
		return nil, false
	}
	n := int((*b)[0])<<8 | int((*b)[1])
	if n > len(*b)-2 {
		return nil, false
	}
	v, *b = (*b)[2:2+n], (*b)[2+n:]
	return v, true
}

// keyID writes a key identifier, which is a hash of 20 bytes or little else.
func (r *reader) keyID(b []byte, field string) string {
	if len(b) > maxSerial {
		r.problem("%s: %d bytes, only the first %d are kept", field, len(b), maxSerial)
		b = b[:maxSerial]
	}
	return hex.EncodeToString(b)
}

func (r *reader) authorityKeyID(b []byte) {
	const field = "authorityKeyIdentifier"
	seq, ok := r.one(b, tagSequence, field)
	if !ok {
		return
	}
	if id, ok := r.inside(seq, field).optional(context0); ok && !id.clipped {
		r.cert.AuthorityKeyID = r.keyID(id.body, field)
	}
}
