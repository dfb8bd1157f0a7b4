package x509lax

import (
	"math/big"
	"slices"
)

// A small DER builder: each function gives one element. It writes what it is told, also what no CA would.

func tlv(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat([]byte{tag}, derLength(len(body)), body)
}

func derLength(n int) []byte {
	if n < 0x80 {
		return []byte{byte(n)}
	}
	octets := big.NewInt(int64(n)).Bytes()
	return append([]byte{0x80 | byte(len(octets))}, octets...)
}

func seq(parts ...[]byte) []byte              { return tlv(tagSequence, parts...) }
func set(parts ...[]byte) []byte              { return tlv(tagSet, parts...) }
func str(tag byte, s string) []byte           { return tlv(tag, []byte(s)) }
func bitStr(b []byte) []byte                  { return tlv(tagBitString, []byte{0}, b) }
func explicit(n byte, parts ...[]byte) []byte { return tlv(constructed0|n, parts...) }
func null() []byte                            { return []byte{5, 0} }

// num writes an INTEGER; raw writes its content octets as they are.
func num(n int64) []byte   { return bigNum(big.NewInt(n)) }
func raw(b ...byte) []byte { return tlv(tagInteger, b) }

func bigNum(n *big.Int) []byte {
	b := n.Bytes()
	if n.Sign() < 0 {
		size := uint(n.BitLen()/8+1) * 8
		b = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), size)).Bytes()
	} else if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return tlv(tagInteger, b)
}

// oid writes an object identifier.
func oid(arcs ...int) []byte {
	body := base128(40*arcs[0] + arcs[1])
	for _, arc := range arcs[2:] {
		body = append(body, base128(arc)...)
	}
	return tlv(tagOID, body)
}

func base128(n int) []byte {
	b := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		b = append([]byte{byte(n&0x7f) | 0x80}, b...)
	}
	return b
}

// cert is a certificate in parts, each DER; what is nil is left out.
type cert struct {
	version, serial, inner, issuer, validity, subject, key []byte
	extensions                                             [][]byte
	outer, signature                                       []byte
}

var (
	rsaOID       = oid(1, 2, 840, 113549, 1, 1, 1)
	ecOID        = oid(1, 2, 840, 10045, 2, 1)
	sha256RSAOID = oid(1, 2, 840, 113549, 1, 1, 11)
)

// plain is a certificate with nothing odd but a signature that nobody made.
func plain() cert {
	alg := seq(sha256RSAOID, null())
	return cert{
		version: explicit(0, num(2)), serial: num(0x1234), inner: alg,
		issuer:   dn("Issuer"),
		validity: seq(str(tagUTCTime, "260101000000Z"), str(tagUTCTime, "270101000000Z")),
		subject:  dn("mail.example.org"),
		key:      rsaKey(odd(2048), big.NewInt(65537)),
		outer:    alg, signature: bitStr(make([]byte, 256)),
	}
}

func (c cert) der() []byte {
	var extensions []byte
	if c.extensions != nil {
		extensions = explicit(3, seq(c.extensions...))
	}
	tbs := seq(c.version, c.serial, c.inner, c.issuer, c.validity, c.subject, c.key, extensions)
	return seq(tbs, c.outer, c.signature)
}

func dn(commonName string) []byte { return seq(set(attribute(3, tagUTF8, commonName))) }

// attribute is one of the X.520 attributes.
func attribute(n int, tag byte, value string) []byte {
	return seq(oid(2, 5, 4, n), str(tag, value))
}

func rsaKey(n, e *big.Int) []byte {
	return seq(seq(rsaOID, null()), bitStr(seq(bigNum(n), bigNum(e))))
}

// odd is a number of that many bits, of which the highest and the lowest are set.
func odd(bits uint) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return n.SetBit(n, 0, 1)
}

// ext is one extension.
func ext(id, value []byte) []byte { return seq(id, tlv(tagOctetString, value)) }

func sanExt(names ...[]byte) []byte { return ext(oid(2, 5, 29, 17), seq(names...)) }

func dns(name string) []byte { return str(nameDNS, name) }
