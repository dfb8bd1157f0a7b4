package main

import (
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
)

// maxMeant is how many names are offered at most.
const maxMeant = 4

// meant says which of the known names somebody may have meant by a word: the one that it is a slip of, or else those it is a
// part of, as in "a, b or c". It is empty if there is none.
func meant(word string, known []string) string {
	word = strings.ToLower(word)
	if near, ok := spell.Nearest(word, known); ok {
		return near
	}
	var found []string
	for _, k := range known {
		if len(word) > 2 && strings.Contains(strings.ToLower(k), word) {
			found = append(found, k)
		}
	}
	if n := len(found); n == 0 || n > maxMeant {
		return ""
	}
	last := len(found) - 1
	if last == 0 {
		return found[0]
	}
	return strings.Join(found[:last], ", ") + " or " + found[last]
}
