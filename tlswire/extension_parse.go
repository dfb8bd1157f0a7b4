package tlswire

import "golang.org/x/crypto/cryptobyte"

// Shapes that several extensions share. The name given is for the error.

// parseUint16List parses one vector of 16-bit code points, whose length read takes.
func parseUint16List[T ~uint16](data []byte, read func(*cryptobyte.String, *[]byte) bool, name string) ([]T, error) {
	s := cryptobyte.String(data)
	var body []byte
	if !read(&s, &body) || !s.Empty() {
		return nil, malformed(name, "list")
	}
	list, ok := uint16s[T](body)
	if !ok {
		return nil, malformed(name, "odd length")
	}
	return list, nil
}

// parseUint8List parses one vector of at most 255 code points of one byte.
func parseUint8List[T ~uint8](data []byte, name string) ([]T, error) {
	body, err := parseOpaque(data, readOpaque8, name)
	if err != nil {
		return nil, err
	}
	return uint8s[T](body), nil
}

// parseOpaque parses one vector of bytes, whose length read takes.
func parseOpaque(data []byte, read func(*cryptobyte.String, *[]byte) bool, name string) ([]byte, error) {
	s := cryptobyte.String(data)
	var body []byte
	if !read(&s, &body) || !s.Empty() {
		return nil, malformed(name, "length")
	}
	return body, nil
}

// parseOpaques parses one vector of at most 2^16-1 bytes of items, whose lengths read takes.
func parseOpaques(data []byte, read func(*cryptobyte.String, *[]byte) bool, name string) ([][]byte, error) {
	body, err := parseOpaque(data, readOpaque16, name)
	if err != nil {
		return nil, err
	}
	list, ok := opaques(body, read)
	if !ok {
		return nil, malformed(name, "item")
	}
	return list, nil
}

// parseOneUint16 parses data of exactly two bytes.
func parseOneUint16[T ~uint16](data []byte, name string) (T, error) {
	if len(data) != 2 {
		return 0, malformed(name, "length")
	}
	return T(data[0])<<8 | T(data[1]), nil
}

// parseOneUint8 parses data of exactly one byte.
func parseOneUint8[T ~uint8](data []byte, name string) (T, error) {
	if len(data) != 1 {
		return 0, malformed(name, "length")
	}
	return T(data[0]), nil
}
