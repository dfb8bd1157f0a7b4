package tlswire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// CurveType tells how ServerECParams describe their curve (RFC 8422, Section 5.4).
type CurveType uint8

// The curve types; RFC 8422 keeps only the last.
const (
	CurveExplicitPrime CurveType = 1 // RFC 4492, Section 5.4
	CurveExplicitChar2 CurveType = 2 // RFC 4492, Section 5.4
	CurveNamed         CurveType = 3
)

// ServerECParams are the server's elliptic curve Diffie-Hellman parameters (RFC 8422, Section
// 5.4).
type ServerECParams struct {
	CurveType CurveType
	Group     Group  // of CurveNamed
	Explicit  []byte // of the other types, as sent; see ParseExplicitCurve
	Point     []byte // the server's public key
}

func (p *ServerECParams) read(s *cryptobyte.String) bool {
	if !readUint8(s, &p.CurveType) {
		return false
	}
	if p.CurveType == CurveNamed {
		return readUint16(s, &p.Group) && readOpaque8(s, &p.Point)
	}
	before := *s
	var c ExplicitCurve
	if !c.read(s, p.CurveType) {
		return false
	}
	p.Explicit = before[:len(before)-len(*s)]
	return readOpaque8(s, &p.Point)
}

func (p ServerECParams) add(b *cryptobyte.Builder) {
	b.AddUint8(uint8(p.CurveType))
	switch p.CurveType {
	case CurveNamed:
		b.AddUint16(uint16(p.Group))
	case CurveExplicitPrime, CurveExplicitChar2:
		b.AddBytes(p.Explicit)
	default:
		b.SetError(fmt.Errorf("curve type %d is unknown", p.CurveType))
	}
	addOpaque8(b, p.Point)
}

// ExplicitCurve is a curve spelled out by its numbers, big-endian, which nobody should send
// (RFC 4492, Section 5.4).
type ExplicitCurve struct {
	Prime     []byte   // of CurveExplicitPrime
	Degree    uint16   // m of CurveExplicitChar2
	Exponents [][]byte // k of its trinomial basis, or k1, k2, k3 of its pentanomial one
	A, B      []byte
	Base      []byte // point
	Order     []byte
	Cofactor  []byte
}

// ParseExplicitCurve parses ServerECParams.Explicit of the given type. The fields alias b. The
// error is ErrMalformed.
func ParseExplicitCurve(b []byte, t CurveType) (ExplicitCurve, error) {
	var c ExplicitCurve
	s := cryptobyte.String(b)
	if !c.read(&s, t) || !s.Empty() {
		return ExplicitCurve{}, malformed("explicit curve", "parameters")
	}
	return c, nil
}

func (c *ExplicitCurve) read(s *cryptobyte.String, t CurveType) bool {
	switch t {
	case CurveExplicitPrime:
		if !readOpaque8(s, &c.Prime) {
			return false
		}
	case CurveExplicitChar2:
		if !c.readBasis(s) {
			return false
		}
	default:
		return false
	}
	return readOpaque8(s, &c.A) && readOpaque8(s, &c.B) && readOpaque8(s, &c.Base) &&
		readOpaque8(s, &c.Order) && readOpaque8(s, &c.Cofactor)
}

// readBasis reads the degree and the exponents: one for basis type 1, a trinomial, three for
// type 2, a pentanomial.
func (c *ExplicitCurve) readBasis(s *cryptobyte.String) bool {
	var basis uint8
	if !s.ReadUint16(&c.Degree) || !s.ReadUint8(&basis) || basis < 1 || basis > 2 {
		return false
	}
	c.Exponents = make([][]byte, 2*int(basis)-1)
	for i := range c.Exponents {
		if !readOpaque8(s, &c.Exponents[i]) {
			return false
		}
	}
	return true
}

// Marshal returns what ParseExplicitCurve parses. The error is a field that does not fit its
// length, or exponents that are neither one nor three where there is no prime.
func (c ExplicitCurve) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	switch {
	case c.Prime != nil:
		addOpaque8(&b, c.Prime)
	case len(c.Exponents) == 1 || len(c.Exponents) == 3:
		b.AddUint16(c.Degree)
		b.AddUint8(uint8(len(c.Exponents)+1) / 2)
		for _, k := range c.Exponents {
			addOpaque8(&b, k)
		}
	default:
		b.SetError(fmt.Errorf("basis of %d exponents", len(c.Exponents)))
	}
	for _, v := range [][]byte{c.A, c.B, c.Base, c.Order, c.Cofactor} {
		addOpaque8(&b, v)
	}
	out, err := b.Bytes()
	return marshalled("explicit curve", out, err)
}
