package check

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// aPublishedKey is that of the tests of aiosmtpd.
const aPublishedKey = "7dd2dc27476f90a7fc9fd7efd146a1a8201700181c9577fcbc02da84b9886b77"

// TestKnownKeys wants every row to name a key, the software and the file, and no key twice.
func TestKnownKeys(t *testing.T) {
	keys := knownKeys()
	if rows := strings.Count(strings.TrimSpace(knownKeysData), "\n"); rows != len(keys) || rows < 40 {
		t.Errorf("%d rows, %d keys", rows, len(keys))
	}
	for sum, k := range keys {
		if b, err := hex.DecodeString(sum); err != nil || len(b) != 32 || k.software == "" || k.file == "" {
			t.Errorf("%s: %+v", sum, k)
		}
	}
}

// TestKnownKey wants the whole sum of the server's own key, and no other, to be looked up.
func TestKnownKey(t *testing.T) {
	sum := func(of, is string) harm {
		return func(_ testing.TB, e *evidence.Endpoint) { e.Blobs.Certificates[of].PublicKey.SHA256 = is }
	}
	for _, c := range []struct {
		name    string
		harm    harm
		want    Level
		message string
	}{
		{"published", sum("leaf", aPublishedKey), Fail, "aiosmtpd 1.4.3, in aiosmtpd/tests/certs/server.key"},
		{"all but a digit", sum("leaf", aPublishedKey[:63]+"8"), Pass, "few"},
		{"a part", sum("leaf", aPublishedKey[:63]), Pass, "few"},
		{"the heading of the list", sum("leaf", "spki_sha256"), Pass, "few"},
		{"above the leaf", sum("ca", aPublishedKey), Pass, "few"},
		{"not known", sum("leaf", ""), Undecided, "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := healthy(t)
			c.harm(t, e)
			if f := run(t, "shared-key-known", e); f.Level != c.want || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s: %s", f.Level, f.Message)
			}
		})
	}
}
