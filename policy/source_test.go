package policy

import (
	"strings"
	"testing"
)

// TestRowsFollowTheirSources has what single clauses say that are easily got wrong.
func TestRowsFollowTheirSources(t *testing.T) {
	for _, c := range []struct {
		policy, row   string
		relay, access Severity
		clause, until string
	}{
		// RSA with PSS is recommended for TLS 1.2, too: by the note under the table that names RSA alone.
		{"bsi-tr-02102-2", "signatures-pss-tls1.2", OK, OK, "Sections 3.3.3 and 3.4.3", "2031-12-31"},
		{"bsi-tr-03108", "signatures-pss-tls1.2", OK, OK, "Sections 3.3.3 and 3.4.3", ""},
		// TLS 1.2, and key agreement that is classical alone, end with 2031.
		{"bsi-tr-02102-2", "version-tls1.2", OK, OK, "Section 3.2", "2031-12-31"},
		{"bsi-tr-02102-2", "suites-tls1.2", OK, OK, "Sections 3.3.1.1 and 3.3.1.3", "2031-12-31"},
		{"bsi-tr-02102-2", "groups-tls1.3", OK, OK, "Section 3.4.2", "2031-12-31"},
		{"bsi-tr-02102-2", "zero-rtt", Fail, Fail, "Section 3.4.1", ""},
		// Opportunistic encryption may have old versions and ciphers.
		{"bsi-tr-03108", "version-tls1.0", Note, Fail, "Section 4.3.2", ""},
		{"bsi-tr-03108", "suites-others", Note, Fail, "Section 4.3.2", ""},
		{"bsi-tr-03108", "version-sslv3", Fail, Fail, "Section 2.1.1", ""},
		// What TLS 1.3 has to have is a "should", what TLS 1.2 has to have a "must".
		{"bsi-tr-03108", "suites-needed-tls1.2", Fail, Fail, "Section 2.2.1.2", ""},
		{"bsi-tr-03108", "suites-needed-tls1.3", Warn, Warn, "Section 2.3.2", ""},
		{"bsi-tr-03108", "groups-needed-tls1.3", Warn, Warn, "Section 2.3.3", ""},
		{"bsi-tr-03108", "cert-signed-pkcs1", OK, OK, "Section 6.1.4", "2025-12-31"},
		{"bsi-tr-03108", "cert-wildcard", Warn, Warn, "Section 6.1.2", ""},
		{"nist-800-52r2", "groups-needed", Fail, Fail, "Section 3.4.2.2", ""},
		{"nist-800-52r2", "zero-rtt", Warn, Warn, "Section 3.4.3", ""},
		// Renegotiation that clients begin, without a limit, is in phase-out.
		{"ncsc-nl-2025", "client-renegotiation", Warn, Warn, "Section 3.4.2, Table 11", ""},
		{"ncsc-nl-2025", "zero-rtt", Fail, Fail, "Section 3.4.4, Table 13", ""},
		{"pci-dss-4", "version-tls1.0", Fail, Fail, "requirement 4.2.1", ""},
		{"rfc9325", "zero-rtt", Fail, Fail, "Section 3.10", ""},
	} {
		r, ok := rowOf(t, c.policy, c.row)
		if !ok {
			t.Errorf("%s: no row %s", c.policy, c.row)
			continue
		}
		if got := r.For(Relay).Severity; got != c.relay {
			t.Errorf("%s: %s on relay: %s, want %s", c.policy, c.row, got, c.relay)
		}
		if got := r.For(Access).Severity; got != c.access {
			t.Errorf("%s: %s on access: %s, want %s", c.policy, c.row, got, c.access)
		}
		if !strings.Contains(r.Clause, c.clause) || r.Until.String() != c.until {
			t.Errorf("%s: %s: clause %q until %q, want %q until %q", c.policy, c.row, r.Clause, r.Until, c.clause, c.until)
		}
	}
}

// TestCertificatesSince has the day since which PCI DSS wants certificates to be valid; that they are trusted it always has.
func TestCertificatesSince(t *testing.T) {
	for row, want := range map[string]string{"cert-expired": "2025-04-01", "cert-revoked": "2025-04-01", "cert-untrusted": ""} {
		if r, ok := rowOf(t, "pci-dss-4", row); !ok || r.From.String() != want {
			t.Errorf("%s: there %v, from %q, want %q", row, ok, r.From, want)
		}
	}
}

func rowOf(t testing.TB, name, id string) (Rule, bool) {
	t.Helper()
	p, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	for row := range p.Rows() {
		if row.ID == id {
			return row.Rule, true
		}
	}
	return Rule{}, false
}
