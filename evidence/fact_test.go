package evidence

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// TestHas holds the one rule that everything else stands on: unknown is never no, and what was seen stays seen.
func TestHas(t *testing.T) {
	in, open, other := tlswire.TLS12, tlswire.TLS10, tlswire.SSLv3
	value, undecided := []tlswire.Version{in}, []tlswire.Version{open}
	for _, c := range []struct {
		name            string
		fact            Fact[[]tlswire.Version]
		in, open, other Answer
	}{
		{"not sought", Fact[[]tlswire.Version]{}, Unsure, Unsure, Unsure},
		{"unknown", Fact[[]tlswire.Version]{State: Unknown, Open: undecided}, Unsure, Unsure, Unsure},
		{"partial", Fact[[]tlswire.Version]{State: Partial, Value: value, Open: undecided}, Yes, Unsure, No},
		{"known", Fact[[]tlswire.Version]{State: Known, Value: value}, Yes, No, No},
		{"inapplicable", Fact[[]tlswire.Version]{State: Inapplicable}, No, No, No},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a, b, d := Has(c.fact, in), Has(c.fact, open), Has(c.fact, other); a != c.in || b != c.open || d != c.other {
				t.Errorf("seen %v, open %v, neither %v; want %v, %v, %v", a, b, d, c.in, c.open, c.other)
			}
		})
	}
}

func TestAnyIn(t *testing.T) {
	f := Fact[PerVersion[int]]{State: Partial, Value: PerVersion[int]{tlswire.TLS12: {1}}, Open: PerVersion[int]{tlswire.TLS10: {2}}}
	is := func(v tlswire.Version, n int) func(tlswire.Version, int) bool {
		return func(w tlswire.Version, m int) bool { return v == w && n == m }
	}
	for _, c := range []struct {
		name  string
		match func(tlswire.Version, int) bool
		want  Answer
	}{
		{"seen", is(tlswire.TLS12, 1), Yes},
		{"seen in another version", is(tlswire.TLS10, 1), No},
		{"open", is(tlswire.TLS10, 2), Unsure},
		{"neither", is(tlswire.TLS12, 3), No},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := AnyIn(f, c.match); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestIs(t *testing.T) {
	for _, c := range []struct {
		name string
		fact Fact[bool]
		want Answer
	}{
		{"not sought", Fact[bool]{}, Unsure},
		{"unknown", Fact[bool]{State: Unknown, Value: true}, Unsure},
		{"known", Fact[bool]{State: Known, Value: true}, Yes},
		{"known not to be", Fact[bool]{State: Known}, No},
		{"partial", Fact[bool]{State: Partial}, Unsure},
		{"partial and seen", Fact[bool]{State: Partial, Value: true}, Yes},
		{"inapplicable", Fact[bool]{State: Inapplicable}, No},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Is(c.fact); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestStateText(t *testing.T) {
	for s := NotSought; s <= Inapplicable; s++ {
		text, _ := s.MarshalText()
		var back State
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("%v came back as %v, error %v", s, back, err)
		}
	}
	var s State
	if err := s.UnmarshalText([]byte("maybe")); err == nil {
		t.Error("a state that does not exist was read")
	}
}

// TestKeysNameEveryFact finds a fact without a key, or with a key that reads another one.
func TestKeysNameEveryFact(t *testing.T) {
	fields := reflect.TypeFor[Facts]()
	if len(Keys()) != fields.NumField() {
		t.Fatalf("%d keys for %d facts", len(Keys()), fields.NumField())
	}
	for i, k := range Keys() {
		name := fields.Field(i).Tag.Get("json")
		var f Facts
		if err := json.Unmarshal([]byte(`{"`+name+`": {"state": "unknown", "why": "lost"}}`), &f); err != nil {
			t.Fatal(err)
		}
		if state, why := k.Condition(&f); k.Name != name || state != Unknown || why != "lost" {
			t.Errorf("key %s of the fact %s: state %v, reason %q", k.Name, name, state, why)
		}
		k.Exclude(&f, "no TLS")
		if state, why := k.Condition(&f); state != Inapplicable || why != "no TLS" {
			t.Errorf("%s after Exclude: state %v, reason %q", name, state, why)
		}
	}
}

// TestOnlyHides wants nothing left of the facts that are not named.
func TestOnlyHides(t *testing.T) {
	f := Facts{Versions: Fact[[]tlswire.Version]{State: Known}, Greeting: Fact[string]{State: Known, Value: "hello"}}
	if got := f.Only(KeyVersions); got.Versions.State != Known || got.Greeting.State != NotSought || got.Greeting.Value != "" {
		t.Errorf("got %+v and %+v", got.Versions, got.Greeting)
	}
}
