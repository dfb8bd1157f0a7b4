package realtest

import (
	"testing"

	"github.com/mailtls/mailtls"
)

// TestPassiveGrade wants a passive scan of a Postfix to give the verdict and the grade of a full one: nothing that is not tried
// makes a healthy server better or worse.
func TestPassiveGrade(t *testing.T) {
	t.Parallel()
	addr := Start(t, Postfix{}).Addr("smtp")
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	full := scanService(t, "smtp", addr, &mailtls.Config{Roots: roots})
	passive := scanService(t, "smtp", addr, &mailtls.Config{Roots: roots, Passive: true})
	if full.Grade == "" || full.Grade != passive.Grade || full.Verdict != passive.Verdict {
		t.Errorf("grade %q, %v; passive: grade %q, %v", full.Grade, full.Verdict, passive.Grade, passive.Verdict)
	}
	if len(full.NotTried) > 0 {
		t.Errorf("a full scan did not try %v", full.NotTried)
	}
}
