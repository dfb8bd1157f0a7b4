package policy

import (
	"fmt"
	"slices"
)

// Grade is a school mark from A+ to F. The empty Grade is none.
type Grade string

// Grades returns all grades, best first.
func Grades() []Grade { return []Grade{"A+", "A", "B", "C", "D", "E", "F"} }

// WorseThan reports whether g is a worse mark than h. No mark is better than A+.
func (g Grade) WorseThan(h Grade) bool {
	return slices.Index(Grades(), g) > slices.Index(Grades(), h)
}

// UnmarshalText reads a grade or the empty string; any other text is an error.
func (g *Grade) UnmarshalText(text []byte) error {
	if len(text) > 0 && !slices.Contains(Grades(), Grade(text)) {
		return fmt.Errorf("grade %q: want one of %s", text, Grades())
	}
	*g = Grade(text)
	return nil
}
