package tlswire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// The vectors of RFC 8446, Section 3.4. Lists that are present come back non-nil even when
// empty: presence is information.

func readOpaque8(s *cryptobyte.String, out *[]byte) bool {
	return s.ReadUint8LengthPrefixed((*cryptobyte.String)(out))
}

func readOpaque16(s *cryptobyte.String, out *[]byte) bool {
	return s.ReadUint16LengthPrefixed((*cryptobyte.String)(out))
}

func readOpaque24(s *cryptobyte.String, out *[]byte) bool {
	return s.ReadUint24LengthPrefixed((*cryptobyte.String)(out))
}

// readUint16 reads one code point of any of the 16-bit types.
func readUint16[T ~uint16](s *cryptobyte.String, out *T) bool {
	var v uint16
	ok := s.ReadUint16(&v)
	*out = T(v)
	return ok
}

// readUint8 reads one code point of any of the 8-bit types.
func readUint8[T ~uint8](s *cryptobyte.String, out *T) bool {
	var v uint8
	ok := s.ReadUint8(&v)
	*out = T(v)
	return ok
}

// uint16s takes the whole of s as 16-bit code points; an odd number of bytes is not ok.
func uint16s[T ~uint16 | ~uint32](s []byte) ([]T, bool) {
	if len(s)%2 != 0 {
		return nil, false
	}
	list := make([]T, len(s)/2)
	for i := range list {
		list[i] = T(uint16(s[2*i])<<8 | uint16(s[2*i+1]))
	}
	return list, true
}

// uint8s takes the whole of s as 8-bit code points.
func uint8s[T ~uint8](s []byte) []T {
	list := make([]T, len(s))
	for i, v := range s {
		list[i] = T(v)
	}
	return list
}

// opaques takes the whole of s as items that read reads, as in opaque<0..2^16-1>
// items<0..2^16-1>.
func opaques(s cryptobyte.String, read func(*cryptobyte.String, *[]byte) bool) ([][]byte, bool) {
	list := [][]byte{}
	for !s.Empty() {
		var item []byte
		if !read(&s, &item) {
			return nil, false
		}
		list = append(list, item)
	}
	return list, true
}

// The lengths of byte strings are known beforehand: the Builder's own length-prefixed children
// would cost an allocation each.

func addOpaque8(b *cryptobyte.Builder, v []byte) {
	checkLength(b, len(v), 1<<8)
	b.AddUint8(uint8(len(v)))
	b.AddBytes(v)
}

func addOpaque16(b *cryptobyte.Builder, v []byte) {
	checkLength(b, len(v), 1<<16)
	b.AddUint16(uint16(len(v)))
	b.AddBytes(v)
}

func addOpaque24(b *cryptobyte.Builder, v []byte) {
	checkLength(b, len(v), 1<<24)
	b.AddUint24(uint32(len(v)))
	b.AddBytes(v)
}

// checkLength makes b fail for a length that its field cannot hold.
func checkLength(b *cryptobyte.Builder, n, limit int) {
	if n >= limit {
		b.SetError(fmt.Errorf("%d bytes where less than %d fit", n, limit))
	}
}

func addUint16s[T ~uint16](b *cryptobyte.Builder, list []T) {
	for _, v := range list {
		b.AddUint16(uint16(v))
	}
}

func addUint8s[T ~uint8](b *cryptobyte.Builder, list []T) {
	for _, v := range list {
		b.AddUint8(uint8(v))
	}
}

// addOpaques16 adds a vector of items, each with a 16-bit length, and its own 16-bit length.
func addOpaques16(b *cryptobyte.Builder, items [][]byte) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, item := range items {
			addOpaque16(b, item)
		}
	})
}
