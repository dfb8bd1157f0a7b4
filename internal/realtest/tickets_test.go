package realtest

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
)

// ticketFacts are those that connections with session tickets decide.
func ticketFacts(f *evidence.Facts) map[evidence.Attack]*evidence.Fact[evidence.Weakness] {
	return map[evidence.Attack]*evidence.Fact[evidence.Weakness]{evidence.Ticketbleed: &f.Ticketbleed, evidence.WeakTickets: &f.WeakTickets,
		evidence.RepeatedNonces: &f.RepeatedNonces, evidence.PSKWithoutDHE: &f.PSKWithoutDHE}
}

// TestTicketsOfStacks finds nothing wrong with what other TLS libraries do, but for the one that is told to leave key exchanges out.
func TestTicketsOfStacks(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]struct {
		server Starter
		bare   bool
		silent bool // it speaks no protocol of mail: too few records come from it
	}{
		"openssl":                      {OpenSSL{}, false, false},
		"openssl without key exchange": {OpenSSL{Args: []string{"-allow_no_dhe_kex"}}, true, false},
		"gnutls":                       {GnuTLS{Priority: "NORMAL", Args: []string{"--echo"}}, false, true},
		"nss":                          {NSS{Versions: "tls1.2:tls1.3", Args: []string{"-u"}}, false, true},
		"java": {Java{Versions: []string{"TLSv1.2", "TLSv1.3"}, Suites: []string{"TLS_AES_128_GCM_SHA256",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := scanService(t, "submissions", Start(t, s.server).Addr("tls"), &mailtls.Config{Timeout: 5 * time.Second})
			for a, f := range ticketFacts(&e.Facts) {
				t.Logf("%s: %+v", a, *f)
				if s.silent && a == evidence.RepeatedNonces && f.State == evidence.Unknown {
					continue
				}
				if f.State == evidence.Unknown || f.State == evidence.Partial || f.Value.Found != (s.bare && a == evidence.PSKWithoutDHE) {
					t.Errorf("%s", a)
				}
			}
		})
	}
}
