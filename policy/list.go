package policy

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// List is the opinion on things that a source names one by one, or on all that it does not name.
type List[T comparable] struct {
	ID     string            `json:"id"`               // unique in the policy
	What   string            `json:"what,omitempty"`   // the members in words, after their kind: "in phase-out"
	In     []tlswire.Version `json:"in,omitempty"`     // the versions it is about; none: all, or, of certificates, no matter
	Of     []T               `json:"of,omitempty"`     // the members
	Others bool              `json:"others,omitempty"` // instead: all that is on no list before this one
	Need   Need              `json:"need,omitempty"`   // the opinion is on a server that lacks the members
	Rule
}

// Need says which members of a list a server must have, if it speaks a version that the list is about.
type Need string

// The needs.
const (
	NeedNone Need = ""
	NeedAny  Need = "any" // one at least
	NeedAll  Need = "all" // each
)

// Covers reports whether x in version v is what the list gives an opinion on. A list with a need has none on members.
func (l List[T]) Covers(v tlswire.Version, x T) bool {
	return l.Need == NeedNone && l.About(v) && (l.Others || slices.Contains(l.Of, x))
}

// About reports whether the list is about version v.
func (l List[T]) About(v tlswire.Version) bool { return len(l.In) == 0 || slices.Contains(l.In, v) }

// ListOf returns which of lists decides on x in version v: the first that covers it. False says that none does.
func ListOf[T comparable](lists []List[T], v tlswire.Version, x T) (int, bool) {
	i := slices.IndexFunc(lists, func(l List[T]) bool { return l.Covers(v, x) })
	return i, i >= 0
}
