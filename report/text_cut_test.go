package report

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func cutText(t *testing.T, e *evidence.Endpoint, opt TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := WriteText(&b, build(t, e), opt); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(b.String(), "Who would be cut off")
	section, _, _ := strings.Cut(after, "The TLS that is spoken here")
	return section
}

func TestCutOffOfARelay(t *testing.T) {
	e := healthy(t)
	if got := cutText(t, e, TextOptions{}); got != "" {
		t.Errorf("nothing is wrong, and yet:\n%s", got)
	}
	e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS10, tlswire.TLS12}
	e.Facts.Suites.Value[tlswire.TLS10] = suites(t, "TLS_RSA_WITH_AES_128_CBC_SHA")
	got := cutText(t, e, TextOptions{Width: 120})
	for _, want := range []string{"without tls1.0", " of 30 sending servers: ", "not known", "in the clear where TLS fails"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "mail client") || strings.Contains(got, "Exchange 2010 on Windows Server 2008 R2 by default, Send") {
		t.Errorf("who does not come to port 25, or too many:\n%s", got)
	}
	if got := cutText(t, e, TextOptions{Width: 120, Verbose: true}); !strings.Contains(strings.Join(strings.Fields(got), " "), "Postfix with OpenSSL 0.9.8") {
		t.Errorf("not all names with -v:\n%s", got)
	}
}

// Suites that were not read make nobody cut off, and nobody safe.
func TestCutOffUnknown(t *testing.T) {
	e := healthy(t)
	e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS10, tlswire.TLS12}
	e.Facts.Suites.State, e.Facts.Suites.Why = evidence.Partial, "timeout"
	e.Facts.Suites.Value[tlswire.TLS10] = suites(t, "TLS_RSA_WITH_3DES_EDE_CBC_SHA")
	e.Facts.Suites.Open = evidence.PerVersion[tlswire.Suite]{tlswire.TLS10: suites(t, "TLS_RSA_WITH_AES_128_CBC_SHA")}
	if got := cutText(t, e, TextOptions{Width: 120}); !strings.Contains(got, "without 3des") || !strings.Contains(got, "not known of") {
		t.Errorf("got:\n%s", got)
	}
}

// TestCutOffNobody names in one line all changes that hurt nobody, or beside itself the only one.
func TestCutOffNobody(t *testing.T) {
	e := healthy(t)
	e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS11, tlswire.TLS12, tlswire.TLS13}
	e.Facts.Suites.Value[tlswire.TLS11] = suites(t, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")
	if got := cutText(t, e, TextOptions{}); !strings.Contains(got, "\n  without tls1.1   nobody\n") {
		t.Errorf("one: %s", got)
	}
	e.Facts.Suites.Value[tlswire.TLS12] = append(suites(t, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"), e.Facts.Suites.Value[tlswire.TLS12]...)
	if got := cutText(t, e, TextOptions{}); !strings.Contains(got, "\n  without others   nobody: tls1.1, rc4\n") {
		t.Errorf("two: %s", got)
	}
}
