package legacy

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// TestSuites looks at what is claimed, and that the rest says what is missing.
func TestSuites(t *testing.T) {
	for id, want := range map[tlswire.Suite][4]bool{ // SSLv3 to TLS 1.2
		0x0003:     {true, true, true, true}, // export RC4
		cbcSuite:   {true, true, true, true},
		gcmSuite:   {false, false, false, true},
		0x003C:     {false, false, false, true}, // HMAC-SHA256
		ecdheSuite: {true, true, true, true},
		0x0000:     {},
		0x0006:     {}, // RC2
		0x0041:     {}, // Camellia
		0x008C:     {}, // PSK
		0xC004:     {}, // static ECDH
		0xCC13:     {}, // ChaCha20 of a draft
		0xFEFF:     {}, // of Netscape's own
		0x1301:     {}, // TLS 1.3
	} {
		for i, v := range versions() {
			if got := slices.Contains(Suites(v), id); got != want[i] {
				t.Errorf("%v in %v: %v", id, v, got)
			}
			if _, err := suiteOf(id, v); want == [4]bool{} && tlspeer.EndOf(err) != tlspeer.EndUnsupported {
				t.Errorf("%v in %v: %v", id, v, err)
			}
		}
	}
}
