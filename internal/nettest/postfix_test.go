package nettest

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/realtest"
)

// postfix asks Postfix what it does by DANE with one address of an exchanger.
func (w *world) postfix(t *testing.T, d domain, h evidence.Hop) (evidence.Outcome, string) {
	t.Helper()
	destination := "[" + h.Host + "]"
	if len(d.hops) == 1 { // so that it asks for the MX records, too
		destination = d.name + ".test"
	}
	said := finger(t, h.Address, "-l", "dane", destination)
	return verdict(said), said
}

// verdict reads what posttls-finger says at the level dane (postfix-3.7, posttls-finger(1)).
func verdict(said string) evidence.Outcome {
	has := func(s string) bool { return strings.Contains(said, s) }
	usable := has("DNSSEC-signed TLSA record") && !has("all TLSA records unusable")
	switch {
	case has("lookup problem"), has("lookup failed"), has("Failed to establish session"):
		return evidence.Refused
	case has("Matched DANE") && (has("Verified TLS connection") || has("MX RRset insecure") && has("Trusted TLS connection")):
		return evidence.Authenticated
	case usable:
		return evidence.Refused
	case has("unsupported TLSA"), has("all TLSA records unusable"):
		return evidence.Encrypted
	}
	return evidence.Opportunistic
}

// finger runs posttls-finger, by which Postfix tells what it makes of a server, for addresses of one kind.
func finger(t *testing.T, a netip.Addr, args ...string) string {
	t.Helper()
	path, err := realtest.Lookup("posttls-finger")
	if err != nil {
		t.Fatal(err)
	}
	said, _ := exec.CommandContext(t.Context(), path, append([]string{"-c", "-L", "summary,certmatch,verbose", "-o", "inet_protocols=ipv" + family(a)}, args...)...).CombinedOutput()
	return strings.TrimSpace(string(said))
}
