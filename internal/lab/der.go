package lab

import (
	"encoding/binary"
	"math/big"
	"time"
)

// ASN.1 tags used in certificates (X.690, Section 8).
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBitString   = 0x03
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagUTF8        = 0x0c
	tagUTCTime     = 0x17
	tagGeneralized = 0x18
	tagSequence    = 0x30
	tagSet         = 0x31
)

// contextTag returns the constructed context-specific tag n.
func contextTag(n byte) byte { return 0xa0 | n }

// tlv returns one DER element whose contents are parts joined. It exists because
// encoding/asn1 and crypto/x509 refuse to write what a hostile server sends.
func tlv(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := append([]byte{tag}, derLength(n)...)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// derLength returns the shortest DER length field for n bytes.
func derLength(n int) []byte {
	if n < 0x80 {
		return []byte{byte(n)}
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(n))
	for b[0] == 0 {
		b = b[1:]
	}
	return append([]byte{0x80 | byte(len(b))}, b...)
}

func sequence(parts ...[]byte) []byte { return tlv(tagSequence, parts...) }

// integer returns a non-negative INTEGER.
func integer(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return tlv(tagInteger, b)
}

// oid returns an OBJECT IDENTIFIER.
func oid(arcs ...int) []byte {
	body := []byte{byte(arcs[0]*40 + arcs[1])}
	for _, arc := range arcs[2:] {
		body = append(body, base128(arc)...)
	}
	return tlv(tagOID, body)
}

func base128(n int) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		out = append([]byte{0x80 | byte(n&0x7f)}, out...)
	}
	return out
}

// bitString returns a BIT STRING without unused bits.
func bitString(b []byte) []byte { return tlv(tagBitString, []byte{0}, b) }

// moment returns a Time of RFC 5280, Section 4.1.2.5: UTCTime until 2049.
func moment(t time.Time) []byte {
	t = t.UTC()
	if t.Year() >= 1950 && t.Year() < 2050 {
		return tlv(tagUTCTime, []byte(t.Format("060102150405Z")))
	}
	return tlv(tagGeneralized, []byte(t.Format("20060102150405Z")))
}

// commonName returns a distinguished name with one attribute, whose bytes are
// taken as they are: control characters, NUL and markup included.
func commonName(name string) []byte {
	attribute := sequence(oid(2, 5, 4, 3), tlv(tagUTF8, []byte(name)))
	return sequence(tlv(tagSet, attribute))
}
