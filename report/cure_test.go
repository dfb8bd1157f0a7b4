package report

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/fix"
)

// TestCureHeads keeps lines for every version from being read as part of those for some, and says none twice.
func TestCureHeads(t *testing.T) {
	found := []check.Finding{{Check: "starttls-missing", Level: check.Fail}}
	c, ok := cureOf(block{checks: []check.Check{{ID: "starttls-missing"}}, found: found}, fix.Guess{Software: "postfix", Confidence: fix.Likely}, map[string]string{})
	if !ok {
		t.Fatal("no cure")
	}
	var heads, lines []string
	for _, p := range c.parts {
		heads = append(heads, p.head)
		lines = append(lines, p.lines...)
	}
	if !slices.Contains(heads, anyVersion) || heads[len(heads)-1] != "then" || heads[0] != "" {
		t.Errorf("the heads are %q", heads)
	}
	slices.Sort(lines)
	if n := len(lines); len(slices.Compact(lines)) != n {
		t.Errorf("a line is there twice: %q", lines)
	}
}
