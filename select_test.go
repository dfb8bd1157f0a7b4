package mailtls

import (
	"strings"
	"testing"
)

// TestSelection wants checks about domains to be for domains alone.
func TestSelection(t *testing.T) {
	for _, c := range []struct {
		only           []string
		server, domain string // what the error says; "": none
	}{
		{nil, "", ""},
		{[]string{"rc4"}, "", ""},
		{[]string{"dane-mismatch"}, "dane-mismatch is about a whole domain", ""},
		{[]string{"dane-mismatch", "rc4"}, "", ""},
		{[]string{"no-such"}, "no check is called", "no check is called"},
	} {
		cfg := &Config{Only: c.only}
		for domain, want := range map[bool]string{false: c.server, true: c.domain} {
			if err := cfg.selection(domain); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%v, domain %v: %v, want %q", c.only, domain, err, want)
			}
		}
	}
	if !(&Config{Only: []string{"dane-mismatch"}}).quick() {
		t.Error("what a check about domains reads of servers takes no full scan")
	}
}
