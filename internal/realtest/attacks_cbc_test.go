package realtest

import (
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestSessionAttacks scans servers that renegotiate, and some that do not; none is a padding oracle.
func TestSessionAttacks(t *testing.T) {
	if testing.Short() {
		t.Skip("scans four servers")
	}
	with := func(v tlswire.Version, args ...string) OpenSSL {
		return OpenSSL{Min: v, Max: v, Ciphers: "AES128-SHA:@SECLEVEL=0", Args: args}
	}
	for _, x := range []struct {
		name             string
		server           OpenSSL
		insecure, client int // how often it renegotiates without RFC 5746, and at all
	}{
		{"TLS 1.0", with(tlswire.TLS10), 0, 0},
		{"TLS 1.2", with(tlswire.TLS12), 0, 0},
		{"clients renegotiate", with(tlswire.TLS12, "-client_renegotiation"), 0, 10},
		{"clients renegotiate insecurely", with(tlswire.TLS11, "-client_renegotiation", "-legacy_renegotiation"), 10, 10},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			f := scanService(t, "smtps", Start(t, x.server).Services()["tls"], &mailtls.Config{}).Facts
			wantAttack(t, "padding oracle", f.PaddingOracle, 0)
			wantAttack(t, "insecure renegotiation", f.InsecureRenegotiation, x.insecure)
			wantAttack(t, "client renegotiation", f.ClientRenegotiation, x.client)
		})
	}
}

func wantAttack(t *testing.T, name string, f evidence.Fact[evidence.Weakness], count int) {
	t.Helper()
	if f.State != evidence.Known || f.Value.Found != (count > 0) || f.Value.Count != count {
		t.Errorf("%s is %+v, want it to work %d times", name, f, count)
	}
}
