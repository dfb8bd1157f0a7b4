package resolve

import (
	"slices"
	"strings"
	"testing"
)

func TestAbove(t *testing.T) {
	for name, want := range map[string][]string{
		"example.org":      {"example.org"},
		"mx.example.co.uk": {"example.co.uk", "mx.example.co.uk"},
		"a.b.example.org":  {"example.org", "b.example.org", "a.b.example.org"},
		"co.uk":            {"co.uk"},
		"":                 {""},
	} {
		if got := Above(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := Above(strings.Repeat("a.", 100) + "example.co.uk"); len(got) != MaxAbove || got[0] != "example.co.uk" || got[1] != "a.example.co.uk" {
		t.Errorf("%q", got)
	}
}
