package evidence

import (
	"strings"
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
		{"unknown with a value", Fact[[]tlswire.Version]{State: Unknown, Value: value}, Unsure, Unsure, Unsure},
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
	unknown := f
	unknown.State = Unknown
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
			if got := AnyIn(unknown, c.match); got != Unsure {
				t.Errorf("of an unknown fact: %v", got)
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
	for s, want := range []string{"notsought", "known", "partial", "unknown", "inapplicable"} {
		text, err := State(s).MarshalText()
		var back State
		if string(text) != want || err != nil {
			t.Errorf("state %d is %q, error %v", s, text, err)
		}
		if err := back.UnmarshalText(text); err != nil || back != State(s) {
			t.Errorf("%q came back as %v, error %v", text, back, err)
		}
	}
	for _, text := range []string{"", "maybe", "Known", "State(5)"} {
		if err := new(State).UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "inapplicable") {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

func TestAnswerString(t *testing.T) {
	for a, want := range map[Answer]string{Unsure: "unsure", No: "no", Yes: "yes", 200: "yes"} {
		if a.String() != want {
			t.Errorf("%d is %q, want %q", a, a, want)
		}
	}
}
