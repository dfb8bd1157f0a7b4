package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/policy"
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

// withNearest adds to an error about a name that a file has the one that was likely meant.
func withNearest(err error) error {
	var unknown *policy.UnknownName
	if !errors.As(err, &unknown) {
		return err
	}
	var small []string // capitals are no other letters
	for _, k := range unknown.Known {
		small = append(small, strings.ToLower(k))
	}
	near, ok := spell.Nearest(strings.ToLower(unknown.Name), small)
	if !ok {
		return err
	}
	return fmt.Errorf("%w: did you mean %s?", err, unknown.Known[slices.Index(small, near)])
}
