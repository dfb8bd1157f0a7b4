package x509lax

import (
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text decodes a string of any ASN.1 type (X.680, Section 41) to valid UTF-8; ok is false for other types. What its type
// forbids stays in: an email address in a PrintableString is common, and a NUL is what the reader of a report must see.
func (r *reader) text(e element, field string) (s string, ok bool) {
	if e.clipped {
		r.problem("%s: cut off", field)
		return "", false
	}
	switch e.tag {
	case tagUTF8, tagPrintable, tagIA5, tagNumeric, tagVisible:
		return r.utf8(e.body, field), true
	case tagT61:
		return r.short(latin1(e.body), field), true
	case tagBMP:
		return r.short(r.wide(e.body, 2, field), field), true
	case tagUniversal:
		return r.short(r.wide(e.body, 4, field), field), true
	}
	return "", false
}

// utf8 makes b valid UTF-8, with U+FFFD for what is not.
func (r *reader) utf8(b []byte, field string) string {
	if !utf8.Valid(b) {
		r.problem("%s: not valid UTF-8", field)
	}
	return r.short(strings.ToValidUTF8(string(b), "\uFFFD"), field)
}

// ia5 is utf8 for the types that are ASCII only.
func (r *reader) ia5(b []byte, field string) string {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			r.problem("%s: not ASCII", field)
			break
		}
	}
	return r.utf8(b, field)
}

// short cuts text that is too long to keep, between two characters.
func (r *reader) short(s, field string) string {
	if len(s) <= maxText {
		return s
	}
	r.problem("%s: %d bytes of text, only %d are kept", field, len(s), maxText)
	return strings.ToValidUTF8(s[:maxText], "")
}

// latin1 decodes a TeletexString the way everybody does.
func latin1(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// wide decodes BMPString (two bytes each, with surrogates as Windows writes them) and UniversalString (four).
func (r *reader) wide(b []byte, width int, field string) string {
	if len(b)%width != 0 {
		r.problem("%s: half a character", field)
	}
	units := make([]rune, 0, len(b)/width)
	for ; len(b) >= width; b = b[width:] {
		var c uint32
		for _, octet := range b[:width] {
			c = c<<8 | uint32(octet)
		}
		units = append(units, rune(c))
	}
	if width == 4 {
		return string(units) // invalid code points become U+FFFD
	}
	return string(utf16.Decode(narrow(units)))
}

func narrow(units []rune) []uint16 {
	narrow := make([]uint16, len(units))
	for i, c := range units {
		narrow[i] = uint16(c)
	}
	return narrow
}

// hexText is the "#hex" form of RFC 4514, Section 2.4, cut like all text.
func (r *reader) hexText(b []byte, field string) string {
	if len(b) > maxText/2 {
		r.problem("%s: %d bytes, only %d are kept", field, len(b), maxText/2)
		b = b[:maxText/2]
	}
	return "#" + hex.EncodeToString(b)
}
