package realtest

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/fix"
)

// Reasons why a fix is not tried here.
const (
	onePort  = "it takes a scan of two ports, one of which is closed: tried by hand"
	noteOnly = "it is no more than a note, for which no fix is printed: tried by hand"
	noOracle = "no library here tells premaster secrets apart; it goes with the suites that static-rsa is about"
)

// enough is how many weak servers of each software there are at least.
const enough = 12

// TestFixesAreAllTried: each finding that a software has a fix for is one of a weak server, or there is a reason.
func TestFixesAreAllTried(t *testing.T) {
	for _, a := range ailings() {
		if len(a.weak) < enough {
			t.Errorf("%s: %d weak servers, want %d", a.software, len(a.weak), enough)
		}
		s, ok := fix.Named(a.software)
		if !ok {
			t.Fatalf("%s: there is no data for it", a.software)
		}
		var tried, cured []string
		for _, w := range a.weak {
			tried = append(tried, w.want...)
		}
		for _, x := range s.Settings {
			cured = append(cured, x.Cures...)
		}
		for _, id := range cured {
			if id == "cert-revoked" { // its cure is that of cert-expired: another certificate
				continue
			}
			if why := a.never[id]; slices.Contains(tried, id) == (why != "") {
				t.Errorf("%s: %s: is there a weak server that has it? %v; reason to have none: %q", a.software, id, slices.Contains(tried, id), why)
			}
		}
		for id := range a.never {
			if !slices.Contains(cured, id) {
				t.Errorf("%s: %s has no fix, and needs no reason", a.software, id)
			}
		}
	}
}
