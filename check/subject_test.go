package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestRemembering shows each check what it reads, and nothing that another one read before.
func TestRemembering(t *testing.T) {
	s := NewSubject(healthy(t)).Remembering()
	for range 2 {
		for _, keys := range [][]*evidence.Key{{evidence.KeyVersions}, {evidence.KeySuites}, {evidence.KeyVersions, evidence.KeyCertificates}} {
			e := s.only(keys, Endpoint).Endpoint
			for _, k := range []*evidence.Key{evidence.KeyVersions, evidence.KeySuites, evidence.KeyCertificates} {
				state, _ := k.Condition(&e.Facts)
				want := evidence.NotSought
				for _, shown := range keys {
					if shown == k {
						want = evidence.Known
					}
				}
				if state != want {
					t.Errorf("of %d facts: %s is %v, want %v", len(keys), k.Name, state, want)
				}
			}
			if shown := len(e.Blobs.Certificates) > 0; shown != (len(keys) == 2) {
				t.Errorf("of %d facts: certificates are shown: %v", len(keys), shown)
			}
		}
	}
	if again := s.Remembering(); again != s || len(s.shown) != 3 {
		t.Errorf("%d excerpts", len(s.shown))
	}
}
