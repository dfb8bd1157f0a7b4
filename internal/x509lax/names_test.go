package x509lax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/policy"
)

// TestPoliciesKnowTheNames lets policies name every kind of key and signature that is read.
func TestPoliciesKnowTheNames(t *testing.T) {
	load := func(list, name string) {
		text := fmt.Sprintf(`{"name": "x", "version": "1", "source": "s", %q: [{"id": "a", "of": [%q], "clause": "c"}]}`, list, name)
		if _, err := policy.Load(strings.NewReader(text)); err != nil {
			t.Error(err)
		}
	}
	for _, s := range signatures {
		load("cert_signed_lists", s.name)
	}
	for _, k := range keyNames {
		load("cert_key_lists", k)
	}
}
