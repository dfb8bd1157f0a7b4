package realtest

import (
	"fmt"
	"strings"
	"testing"
)

func TestConfigs(t *testing.T) {
	seen := make(map[string]bool)
	stacks := make(map[string]int)
	for _, c := range Configs() {
		if seen[c.Name] {
			t.Errorf("two configurations are called %q", c.Name)
		}
		seen[c.Name] = true
		stack, _, _ := strings.Cut(c.Name, "/")
		stacks[stack]++
	}
	for stack, least := range map[string]int{"openssl": 20, "gnutls": 20, "nss": 10, "java": 10} {
		if stacks[stack] < least {
			t.Errorf("%d configurations of %s, want at least %d", stacks[stack], stack, least)
		}
	}
}

func TestWantIsKnownForEveryConfig(t *testing.T) {
	t.Parallel()
	Need(t, "openssl", "gnutls-cli", "tstclnt")
	for _, c := range Configs() {
		t.Run(c.Name, func(t *testing.T) {
			w, err := c.Want(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(w.Suites) == 0 {
				t.Error("it accepts nothing")
			}
			for v, suites := range w.Suites {
				t.Logf("%v: %d suites, %s order", v, len(suites), w.Preference[v])
				if repeated := duplicates(suites); len(repeated) > 0 {
					t.Errorf("%v: %v more than once", v, repeated)
				}
			}
		})
	}
}

func duplicates[T comparable](list []T) []string {
	seen := make(map[T]bool)
	var twice []string
	for _, x := range list {
		if seen[x] {
			twice = append(twice, fmt.Sprint(x))
		}
		seen[x] = true
	}
	return twice
}
