package evidence

import "github.com/mailtls/mailtls/tlswire"

// Key names one fact of an endpoint, so that a check can say what it needs and a scan can ask for just that.
type Key struct {
	Name      string                       // the fact's name in JSON
	Condition func(*Facts) (State, string) // the fact's state and reason
	copyFact  func(dst, src *Facts)
	exclude   func(*Facts, string)
}

// Exclude makes the fact Inapplicable for the given reason.
func (k *Key) Exclude(f *Facts, why string) { k.exclude(f, why) }

// Need is a fact that somebody needs. With a function it is enough to learn whether the fact has a member that it matches;
// without one, the whole fact is needed.
type Need struct {
	Key    *Key
	Any    func(tlswire.Version, tlswire.SuiteInfo) bool       // for KeySuites and KeyKeyReuse
	Group  func(tlswire.Group) bool                            // for KeyGroupsTLS12 and KeyGroupsTLS13
	Scheme func(tlswire.Version, tlswire.SignatureScheme) bool // for KeySignatures
}

// key builds a Key from a function that finds the fact's field.
func key[T any](name string, field func(*Facts) *Fact[T]) *Key {
	return &Key{
		Name:      name,
		Condition: func(f *Facts) (State, string) { return field(f).Condition() },
		copyFact:  func(dst, src *Facts) { *field(dst) = *field(src) },
		exclude:   func(f *Facts, why string) { *field(f) = Fact[T]{State: Inapplicable, Why: why} },
	}
}

// Only returns a copy of f in which all facts but those of keys are NotSought.
func (f *Facts) Only(keys ...*Key) *Facts {
	out := new(Facts)
	out.Take(f, keys...)
	return out
}

// Take sets the facts of keys to those of src.
func (f *Facts) Take(src *Facts, keys ...*Key) {
	for _, k := range keys {
		k.copyFact(f, src)
	}
}
