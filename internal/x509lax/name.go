package x509lax

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// attributeNames are the short names of the attribute types that occur in certificates: those of RFC 4514, Section 3,
// and the usual ones of other registries.
var attributeNames = map[string]string{
	"2.5.4.3":  "CN",
	"2.5.4.4":  "SN",
	"2.5.4.5":  "serialNumber",
	"2.5.4.6":  "C",
	"2.5.4.7":  "L",
	"2.5.4.8":  "ST",
	"2.5.4.9":  "STREET",
	"2.5.4.10": "O",
	"2.5.4.11": "OU",
	"2.5.4.12": "title",
	"2.5.4.13": "description",
	"2.5.4.15": "businessCategory",
	"2.5.4.17": "postalCode",
	"2.5.4.42": "GN",
	"2.5.4.46": "dnQualifier",
	"2.5.4.65": "pseudonym",
	"2.5.4.97": "organizationIdentifier",

	"0.9.2342.19200300.100.1.1":  "UID",
	"0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1":       "emailAddress",
	"1.2.840.113549.1.9.2":       "unstructuredName",
	"1.2.840.113549.1.9.8":       "unstructuredAddress",
	"1.3.6.1.4.1.311.60.2.1.1":   "jurisdictionL",
	"1.3.6.1.4.1.311.60.2.1.2":   "jurisdictionST",
	"1.3.6.1.4.1.311.60.2.1.3":   "jurisdictionC",
}

// name reads a Name (RFC 5280, Section 4.1.2.4).
func (r *reader) name(e element, field string) evidence.Name {
	var n evidence.Name
	var rdns []string
	s := r.inside(e, field)
	for len(s.rest) > 0 {
		if len(rdns) == maxList {
			r.problem("%s: more than %d parts, the rest is left out", field, maxList)
			break
		}
		set, ok := s.want(tagSet, field)
		if ok {
			rdns = append(rdns, r.rdn(set, field, &n))
		}
	}
	slices.Reverse(rdns) // RFC 4514, Section 2.1
	n.DN = r.short(strings.Join(rdns, ","), field)
	return n
}

// rdn reads a RelativeDistinguishedName, which seldom has more than one attribute.
func (r *reader) rdn(set element, field string, n *evidence.Name) string {
	var attributes []string
	s := r.inside(set, field)
	for len(s.rest) > 0 && len(attributes) < maxList {
		if e, ok := s.want(tagSequence, field); ok {
			attributes = append(attributes, r.attribute(e, field, n))
		}
	}
	if len(attributes) == 0 {
		r.problem("%s: empty part", field)
	}
	s.end()
	return strings.Join(attributes, "+")
}

// attribute reads an AttributeTypeAndValue and writes it as RFC 4514, Section 2.3, says.
func (r *reader) attribute(e element, field string, n *evidence.Name) string {
	s := r.inside(e, field)
	id, ok := s.want(tagOID, field)
	if !ok {
		return ""
	}
	oid := r.dotted(id.body, field)
	value, ok := s.next()
	if !ok {
		r.problem("%s: attribute without a value", field)
		return oid + "="
	}
	s.end()
	text, isText := r.text(value, field)
	switch {
	case value.clipped:
	case oid == "2.5.4.3":
		n.CommonName = text
	case oid == "2.5.4.10":
		n.Organization = text
	}
	short := attributeNames[oid]
	if short == "" || !isText {
		return cmp.Or(short, oid) + "=" + r.hexText(value.full, field)
	}
	return short + "=" + escapeDN(text)
}

// escapeDN escapes what RFC 4514, Section 2.4, says must be, and nothing else.
func escapeDN(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		first, last := i == 0, i == len(s)-1
		switch {
		case c == 0:
			b.WriteString(`\00`)
			continue
		case strings.IndexByte(`"+,;<>\`, c) >= 0, c == '#' && first, c == ' ' && (first || last):
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}
