package realtest

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
)

// TestSessionAttacksOnStacks looks for padding oracles and renegotiation in TLS libraries of their own: Java's, Erlang's, and, with
// -all-attacks, GnuTLS in an Exim that accepts nothing but CBC. NSS has no server that speaks a protocol of mail.
func TestSessionAttacksOnStacks(t *testing.T) {
	if testing.Short() {
		t.Skip("scans TLS libraries")
	}
	t.Parallel()
	java := func(version string) Java {
		return Java{Versions: []string{version}, Suites: []string{"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"}}
	}
	for _, x := range []struct {
		name, service    string
		server           Starter
		insecure, client int
		all              bool // only with -all-attacks
	}{
		{"java TLS 1.2", "tls", java("TLSv1.2"), 0, 10, false},
		{"java TLS 1.0", "tls", java("TLSv1"), 0, 10, true},
		{"erlang TLS 1.2", "tls", Erlang{Versions: []string{"tlsv1.2"}}, 1, 1, true},
		{"gnutls TLS 1.2", "submissions", Exim{Parameters: []string{"tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC"}}, 0, 0, true},
		{"gnutls TLS 1.0", "submissions", Exim{Parameters: []string{"tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.0:-CIPHER-ALL:+AES-128-CBC"}}, 0, 0, true},
	} {
		if x.all && !*allAttacks { // they take their time on a busy machine
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			f := scanService(t, "submissions", Start(t, x.server).Addr(x.service), &mailtls.Config{Timeout: 4 * time.Second,
				Only: []string{"padding-oracle", "insecure-renegotiation", "client-renegotiation"}}).Facts
			wantAttack(t, "padding oracle", f.PaddingOracle, 0)
			wantAttack(t, "insecure renegotiation", f.InsecureRenegotiation, x.insecure)
			wantAttack(t, "client renegotiation", f.ClientRenegotiation, x.client)
			if s := f.PaddingOracle.State; s != evidence.Known {
				t.Errorf("padding oracle is %v", s)
			}
		})
	}
}
