package x509lax

import (
	"fmt"
	"math/bits"
)

// Identifier octets used in certificates (X.690, Section 8.1.2). High tag numbers never occur in them.
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBitString   = 0x03
	tagOctetString = 0x04
	tagOID         = 0x06
	tagEnumerated  = 0x0a
	tagUTF8        = 0x0c
	tagNumeric     = 0x12
	tagPrintable   = 0x13
	tagT61         = 0x14
	tagIA5         = 0x16
	tagUTCTime     = 0x17
	tagGenTime     = 0x18
	tagVisible     = 0x1a
	tagUniversal   = 0x1c
	tagBMP         = 0x1e
	tagSequence    = 0x30
	tagSet         = 0x31

	context0     = 0x80 // primitive, context-specific
	constructed0 = 0xa0 // constructed, context-specific
)

// element is one BER element whose length is definite. A clipped element claims more bytes than there are: its body is
// what is left. The parts of a clipped constructed element are worth reading, a clipped primitive is not.
type element struct {
	tag     byte
	body    []byte
	full    []byte // with identifier and length
	clipped bool
	long    bool // the length is not in its shortest form, as DER wants it
}

// next splits the first element off b. ok is false if there is no identifier and length to go by; rest is then empty.
func next(b []byte) (e element, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return element{}, nil, false
	}
	length, header, long, ok := readLength(b[1:])
	if !ok {
		return element{}, nil, false
	}
	e = element{tag: b[0], long: long}
	start := 1 + header
	if length > uint64(len(b)-start) {
		e.body, e.full, e.clipped = b[start:], b, true
		return e, nil, true
	}
	end := start + int(length)
	e.body, e.full = b[start:end:end], b[:end:end]
	return e, b[end:], true
}

// readLength reads the length octets at the start of b (X.690, Section 8.1.3) and tells how many there are. The
// indefinite form is not read.
func readLength(b []byte) (length uint64, n int, long, ok bool) {
	if b[0] < 0x80 {
		return uint64(b[0]), 1, false, true
	}
	n = int(b[0] & 0x7f)
	if n == 0 || n > 8 || len(b) < 1+n {
		return 0, 0, false, false
	}
	for _, c := range b[1 : 1+n] {
		length = length<<8 | uint64(c)
	}
	shortest := (bits.Len64(length) + 7) / 8
	return length, 1 + n, length < 0x80 || n > shortest, true
}

// sequence walks the elements of a constructed one, and notes in r what is wrong with them.
type sequence struct {
	r    *reader
	name string // for problems
	rest []byte
}

// next gives the next element. ok is false at the end, and where the rest cannot be read.
func (s *sequence) next() (element, bool) {
	if len(s.rest) == 0 {
		return element{}, false
	}
	e, rest, ok := next(s.rest)
	s.rest = rest
	if !ok {
		s.r.problem("%s: neither tag nor length can be read", s.name)
		return element{}, false
	}
	if e.long {
		s.r.problem("%s: a length is not in its shortest form", s.name)
	}
	return e, true
}

// want gives the next element if it has that tag. Anything else is a problem, and is skipped.
func (s *sequence) want(tag byte, field string) (element, bool) {
	if len(s.rest) == 0 {
		s.r.problem("%s: missing", field)
		return element{}, false
	}
	e, ok := s.next()
	if !ok {
		return element{}, false
	}
	return e, s.r.hasTag(e, tag, field)
}

// optional gives the next element if it has that tag, else it stays where it is.
func (s *sequence) optional(tag byte) (element, bool) {
	if len(s.rest) == 0 || s.rest[0] != tag {
		return element{}, false
	}
	return s.next()
}

// end notes what was left unread.
func (s *sequence) end() {
	if len(s.rest) > 0 {
		s.r.problem("%s: %d bytes too many", s.name, len(s.rest))
	}
}

// inside starts to walk a constructed element.
func (r *reader) inside(e element, name string) *sequence {
	return &sequence{r: r, name: name, rest: e.body}
}

// hasTag tells whether e is an element with that tag whose value can be used, and notes if it is not.
func (r *reader) hasTag(e element, tag byte, field string) bool {
	switch {
	case e.tag != tag:
		r.problem("%s: tag 0x%02x instead of 0x%02x", field, e.tag, tag)
		return false
	case e.clipped:
		r.problem("%s: cut off", field)
		return tag&0x20 != 0
	}
	return true
}

// one reads b as a single element with that tag.
func (r *reader) one(b []byte, tag byte, field string) (element, bool) {
	s := &sequence{r: r, name: field, rest: b}
	e, ok := s.want(tag, field)
	s.end()
	return e, ok
}

// maxProblems keeps a hostile certificate from filling the report.
const maxProblems = 64

// problem notes what is malformed. The arguments must not be text from the certificate.
func (r *reader) problem(format string, args ...any) {
	r.problems++
	if r.problems <= maxProblems {
		r.cert.Problems = append(r.cert.Problems, fmt.Sprintf(format, args...))
	}
}
