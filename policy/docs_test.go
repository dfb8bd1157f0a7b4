package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExampleOfTheDocumentation reads the policy that docs/policies.md shows, and wants the page to name every policy and
// every field.
func TestExampleOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile(filepath.FromSlash("../docs/policies.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	_, rest, _ := strings.Cut(page, "\n    {\n")
	example, _, ok := strings.Cut(rest, "\n    }\n")
	if !ok {
		t.Fatal("the page shows no policy")
	}
	p, err := Load(strings.NewReader("{\n" + example + "\n}"))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.GroupLists) != 3 || len(p.Checks) != 1 || len(p.Omits) != 1 {
		t.Errorf("got %+v", p)
	}
	for _, name := range Names() {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page does not name the policy %s", name)
		}
		p, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for row := range p.Rows() {
			if !strings.Contains(page, "`"+row.Field+"`") {
				t.Errorf("the page does not tell of %s", row.Field)
			}
		}
	}
}
