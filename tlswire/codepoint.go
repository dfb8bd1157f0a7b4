package tlswire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// codePoint is any of the numbers TLS puts on the wire.
type codePoint interface {
	~uint8 | ~uint16 | ~uint32
}

// hexText is the text of a code point without a name: "0x" and at least the
// given number of hexadecimal digits, in upper case as in the IANA registries.
func hexText[T codePoint](value T, digits int) string {
	return fmt.Sprintf("0x%0*X", digits, uint64(value))
}

// nameOrHex is the name if there is one and otherwise the number.
func nameOrHex[T codePoint](name string, value T, digits int) string {
	if name != "" {
		return name
	}
	return hexText(value, digits)
}

// parseCodePoint reads a name known to byName, or a number as hexText writes
// it. The kind ("cipher suite") is for the error alone.
func parseCodePoint[T codePoint](text []byte, kind string, byName func(string) (T, bool)) (T, error) {
	name := string(text)
	if value, ok := byName(name); ok {
		return value, nil
	}
	digits, ok := strings.CutPrefix(name, "0x")
	if !ok {
		return 0, &NameError{Name: name, Of: T(0), kind: kind}
	}
	number, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || number > uint64(^T(0)) {
		return 0, fmt.Errorf("reading a %s: %q is not a number in its range", kind, name)
	}
	return T(number), nil
}

// NameError is the error about a text that is neither a number nor the name of a code point.
type NameError struct {
	Name string
	Of   any // the zero code point of the kind that was wanted, such as Group(0)
	kind string
}

// Error names the kind and the name.
func (e *NameError) Error() string {
	return fmt.Sprintf("reading a %s: unknown name %q", e.kind, e.Name)
}

// named is one line of a table of names: a short one written by hand, or a
// generated one sorted by name.
type named[T codePoint] struct {
	value T
	name  string
}

func nameIn[T codePoint](table []named[T], value T) string {
	for _, entry := range table {
		if entry.value == value {
			return entry.name
		}
	}
	return ""
}

func valueIn[T codePoint](table []named[T]) func(string) (T, bool) {
	return func(name string) (T, bool) {
		for _, entry := range table {
			if entry.name == name {
				return entry.value, true
			}
		}
		return 0, false
	}
}

// lookUp finds a name in a table sorted by name.
func lookUp[T codePoint](table []named[T], name string) (T, bool) {
	i, ok := slices.BinarySearchFunc(table, name, func(entry named[T], name string) int {
		return strings.Compare(entry.name, name)
	})
	if !ok {
		return 0, false
	}
	return table[i].value, true
}
