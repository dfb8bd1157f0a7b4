package x509lax

import (
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"
)

// serial reads the serial number: up to 20 bytes and positive in RFC 5280, Section 4.1.2.2, anything in the wild.
func (r *reader) serial(b []byte) {
	r.checkInteger(b, "serialNumber")
	if len(b) > maxSerial {
		r.problem("serialNumber: %d bytes, only the first %d are kept", len(b), maxSerial)
		b = b[:maxSerial]
	} else if len(b) > 20 {
		r.problem("serialNumber: %d bytes, more than 20", len(b))
	}
	if len(b) == 0 {
		return
	}
	n := signed(b)
	switch n.Sign() {
	case 0:
		r.problem("serialNumber: zero")
		r.cert.Serial = "00"
		return
	case -1:
		r.problem("serialNumber: negative")
		r.cert.Serial = "-"
	}
	r.cert.Serial += hex.EncodeToString(n.Bytes())
}

// signed is the value of the content octets of an INTEGER (X.690, Section 8.3).
func signed(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// checkInteger notes what DER forbids in the content octets of an INTEGER.
func (r *reader) checkInteger(b []byte, field string) {
	if len(b) == 0 {
		r.problem("%s: empty", field)
	} else if len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		r.problem("%s: not in its shortest form", field)
	}
}

// smallInt is the value of an INTEGER that fits in 32 bits.
func smallInt(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 4 {
		return 0, false
	}
	return int(signed(b).Int64()), true
}

// bitString gives the bytes of a BIT STRING, which in certificates has no unused bits except in key usage.
func (r *reader) bitString(e element, field string) []byte {
	if len(e.body) == 0 {
		r.problem("%s: empty", field)
		return nil
	}
	if e.body[0] != 0 {
		r.problem("%s: %d unused bits", field, e.body[0])
	}
	return e.body[1:]
}

// maxOID is the number of bytes of an object identifier up to which it is read; registered ones have less than 30.
const maxOID = 128

// dotted reads the content octets of an OBJECT IDENTIFIER (X.690, Section 8.19). An unreadable one gives "".
func (r *reader) dotted(b []byte, field string) string {
	if len(b) == 0 || len(b) > maxOID || b[len(b)-1] >= 0x80 {
		r.problem("%s: malformed object identifier", field)
		return ""
	}
	var text strings.Builder
	for first := true; len(b) > 0; first = false {
		n := 1
		for b[n-1] >= 0x80 { // ends, as the last byte is below
			n++
		}
		if b[0] == 0x80 {
			r.problem("%s: object identifier not in its shortest form", field)
		}
		writeArc(&text, b[:n], first)
		b = b[n:]
	}
	return text.String()
}

// writeArc writes one arc, or the first two, which are packed into one.
func writeArc(text *strings.Builder, b []byte, first bool) {
	arc := arcValue(b)
	if !first {
		text.WriteString("." + arc.String())
		return
	}
	root := int64(2)
	if arc.IsInt64() {
		root = min(arc.Int64()/40, 2)
	}
	text.WriteString(strconv.FormatInt(root, 10) + "." + arc.Sub(arc, big.NewInt(40*root)).String())
}

// arcValue is the value of base-128 digits; arcs made of UUIDs do not fit in 64 bits.
func arcValue(b []byte) *big.Int {
	arc := new(big.Int)
	for _, c := range b {
		arc.Lsh(arc, 7)
		arc.Or(arc, big.NewInt(int64(c&0x7f)))
	}
	return arc
}

// algorithm reads AlgorithmIdentifier (RFC 5280, Section 4.1.1.2). The parameters are nil if absent.
func (r *reader) algorithm(e element, field string) (oid string, params []byte) {
	s := r.inside(e, field)
	if id, ok := s.want(tagOID, field); ok {
		oid = r.dotted(id.body, field)
	}
	if p, ok := s.next(); ok {
		params = p.full
	}
	s.end()
	return oid, params
}
