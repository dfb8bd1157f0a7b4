package check

import (
	"fmt"
	"slices"
	"strings"
)

// texts returns the names of list's members.
func texts[T fmt.Stringer](list []T) []string {
	var out []string
	for _, x := range list {
		out = append(out, x.String())
	}
	return out
}

// and joins words as in "a, b and c".
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// count returns "1 thing" or "n things".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// distinct collects values, each once, in the order they come in. For what others list, however long, it is quicker than addOnce.
type distinct[T comparable] struct {
	list []T
	has  map[T]bool
}

func (s *distinct[T]) add(x T) {
	if s.has == nil {
		s.has = make(map[T]bool)
	}
	if !s.has[x] {
		s.has[x], s.list = true, append(s.list, x)
	}
}

// addOnce appends x unless it is in list, which is short.
func addOnce[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}
