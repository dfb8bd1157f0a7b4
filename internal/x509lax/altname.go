package x509lax

import (
	"net/netip"

	"github.com/mailtls/mailtls/evidence"
)

// Kinds of GeneralName (RFC 5280, Section 4.2.1.6) by their tag.
const (
	nameOther     = constructed0
	nameEmail     = context0 | 1
	nameDNS       = context0 | 2
	nameX400      = constructed0 | 3
	nameDirectory = constructed0 | 4
	nameEDI       = constructed0 | 5
	nameURI       = context0 | 6
	nameIP        = context0 | 7
	nameID        = context0 | 8
)

// altNames reads the value of subjectAltName.
func (r *reader) altNames(b []byte) {
	n := &r.cert.Names
	r.eachAltName(b, func(e element) {
		if n.Count++; n.Count <= MaxNames {
			r.altName(e, n)
		}
	})
	switch {
	case n.Count == 0:
		r.problem("subjectAltName: no name")
	case n.Count > MaxNames:
		r.problem("subjectAltName: %d names, only %d are kept", n.Count, MaxNames)
	}
}

// eachAltName calls f for each name that is not cut off.
func (r *reader) eachAltName(b []byte, f func(element)) {
	seq, ok := r.one(b, tagSequence, "subjectAltName")
	if !ok {
		return
	}
	s := r.inside(seq, "subjectAltName")
	for {
		e, ok := s.next()
		switch {
		case !ok:
			return
		case e.clipped:
			r.problem("subjectAltName: cut off")
		default:
			f(e)
		}
	}
}

func (r *reader) altName(e element, n *evidence.AltNames) {
	const field = "subjectAltName"
	switch e.tag {
	case nameDNS:
		n.DNS = append(n.DNS, r.ia5(e.body, field))
	case nameIP:
		n.IP = append(n.IP, r.ip(e.body))
	case nameEmail:
		n.Email = append(n.Email, r.ia5(e.body, field))
	case nameURI:
		n.URI = append(n.URI, r.ia5(e.body, field))
	case nameDirectory:
		if seq, ok := r.one(e.body, tagSequence, field); ok {
			n.Directory = append(n.Directory, r.name(seq, field).DN)
		}
	case nameOther:
		r.otherName(e, n)
	case nameID:
		n.Other = append(n.Other, evidence.OtherName{Type: "registeredID", Value: r.dotted(e.body, field)})
	case nameX400:
		n.Other = append(n.Other, evidence.OtherName{Type: "x400Address", Value: r.hexText(e.full, field)})
	case nameEDI:
		n.Other = append(n.Other, evidence.OtherName{Type: "ediPartyName", Value: r.hexText(e.full, field)})
	default:
		r.problem("%s: unknown kind 0x%02x", field, e.tag)
		n.Other = append(n.Other, evidence.OtherName{Type: "unknown", Value: r.hexText(e.full, field)})
	}
}

// ip writes an address; one of the wrong length in hex.
func (r *reader) ip(b []byte) string {
	if address, ok := netip.AddrFromSlice(b); ok {
		return address.String()
	}
	r.problem("subjectAltName: IP address of %d bytes", len(b))
	return r.hexText(b, "subjectAltName")
}

// otherName reads AnotherName.
func (r *reader) otherName(e element, n *evidence.AltNames) {
	const field = "subjectAltName"
	s := r.inside(e, field)
	id, ok := s.want(tagOID, field)
	if !ok {
		return
	}
	name := evidence.OtherName{Type: r.dotted(id.body, field)}
	if known := otherNames[name.Type]; known != "" {
		name.Type = known
	}
	if value, ok := s.want(constructed0, field); ok {
		inner, _, ok := next(value.body)
		text, isText := "", false
		if ok {
			text, isText = r.text(inner, field)
		}
		if !isText {
			text = r.hexText(value.body, field)
		}
		name.Value = text
	}
	n.Other = append(n.Other, name)
}

// otherNames are the forms of AnotherName in use: RFC 4556, 4985, 6120, 9598 and Microsoft's.
var otherNames = map[string]string{
	"1.3.6.1.5.5.7.8.5":      "XmppAddr",
	"1.3.6.1.5.5.7.8.7":      "SRVName",
	"1.3.6.1.5.5.7.8.9":      "SmtpUTF8Mailbox",
	"1.3.6.1.5.2.2":          "KRB5PrincipalName",
	"1.3.6.1.4.1.311.20.2.3": "UserPrincipalName",
}
