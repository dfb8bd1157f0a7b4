package evidence

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// State says how much of a question is answered.
type State uint8

const (
	NotSought    State = iota // nobody asked
	Known                     // answered whole
	Partial                   // Value was seen; Open is not decided, and Why tells the reason
	Unknown                   // asked, and nothing could be learned; Why tells the reason
	Inapplicable              // the question has no meaning here; Why tells the reason
)

// String returns the state's name in the JSON format, for example "partial".
func (s State) String() string {
	switch s {
	case NotSought:
		return "notsought"
	case Known:
		return "known"
	case Partial:
		return "partial"
	case Unknown:
		return "unknown"
	case Inapplicable:
		return "inapplicable"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// MarshalText returns the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes; any other text is an error.
func (s *State) UnmarshalText(text []byte) error {
	for c := NotSought; c <= Inapplicable; c++ {
		if c.String() == string(text) {
			*s = c
			return nil
		}
	}
	return fmt.Errorf("fact state %q: want notsought, known, partial, unknown or inapplicable", text)
}

// Fact is the answer to one question, with how far it is known. Value and Open have the same type: for a set, Value
// holds the members that were seen and Open those that stayed undecided.
type Fact[T any] struct {
	State State    `json:"state"`
	Value T        `json:"value,omitzero"`
	Open  T        `json:"open,omitzero"`
	Why   string   `json:"why,omitempty"`
	From  []string `json:"from,omitempty"` // ids of the observations that show it
}

// Seen reports whether Value holds something that was seen.
func (f Fact[T]) Seen() bool { return f.State == Known || f.State == Partial }

// Condition returns the state and the reason without the value, for those who handle facts of any type.
func (f Fact[T]) Condition() (State, string) { return f.State, f.Why }

// Answer is a reply to a yes-or-no question about a fact.
type Answer uint8

const (
	Unsure Answer = iota // the evidence does not decide it
	No                   // decided: not so
	Yes                  // seen
)

// String returns "unsure", "no" or "yes".
func (a Answer) String() string { return [...]string{"unsure", "no", "yes"}[min(a, Yes)] }

// Has reports whether x is a member of the set f.
func Has[T comparable](f Fact[[]T], x T) Answer {
	return Any(f, func(y T) bool { return x == y })
}

// Any reports whether the set f has a member that match accepts: Yes if one was seen, No only if none of the members
// seen and none of those still open would match.
func Any[T any](f Fact[[]T], match func(T) bool) Answer {
	if f.Seen() && slices.ContainsFunc(f.Value, match) {
		return Yes
	}
	return absent(f.State, slices.ContainsFunc(f.Open, match))
}

// PerVersion is a list for each protocol version.
type PerVersion[T any] map[tlswire.Version][]T

// Any reports whether some version's list has a member that match accepts.
func (p PerVersion[T]) Any(match func(tlswire.Version, T) bool) bool {
	for v, list := range p {
		if slices.ContainsFunc(list, func(x T) bool { return match(v, x) }) {
			return true
		}
	}
	return false
}

// AnyIn is [Any] for facts that hold a list per version.
func AnyIn[T any](f Fact[PerVersion[T]], match func(tlswire.Version, T) bool) Answer {
	if f.Seen() && f.Value.Any(match) {
		return Yes
	}
	return absent(f.State, f.Open.Any(match))
}

// Is reports whether the yes-or-no fact f holds.
func Is(f Fact[bool]) Answer {
	switch {
	case f.Seen() && f.Value:
		return Yes
	case f.State == Known, f.State == Inapplicable:
		return No
	}
	return Unsure
}

// absent answers for something that was not seen: only a fact that is closed for it may say No.
func absent(s State, open bool) Answer {
	switch {
	case s == Known, s == Inapplicable, s == Partial && !open:
		return No
	}
	return Unsure
}
