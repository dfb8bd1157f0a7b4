package report

import "testing"

// TestJoinClauses names a document once, and keeps what is no number of a section.
func TestJoinClauses(t *testing.T) {
	for _, c := range []struct {
		clauses []string
		want    string
	}{
		{[]string{"RFC 8996, Section 4; RFC 9325, Section 3.1.1", "RFC 8996, Section 5; RFC 9325, Section 3.1.1"}, "RFC 8996, Sections 4 and 5; RFC 9325, Section 3.1.1"},
		{[]string{"RFC 10015", "RFC 10015"}, "RFC 10015"},
		{[]string{"A, Section 1", "A, Section 2", "A, Section 3"}, "A, Sections 1, 2 and 3"},
		{[]string{"RFC 9325", "RFC 9325, Section 4"}, "RFC 9325, Section 4"},
		{[]string{"RFC 5246, Appendix E.1"}, "RFC 5246, Appendix E.1"},
		{[]string{"BSI TR-02102-2, 2025-01, Sections 3.3.1 and 3.4.4"}, "BSI TR-02102-2, 2025-01, Sections 3.3.1 and 3.4.4"},
		{[]string{""}, ""},
	} {
		if got := joinClauses(c.clauses); got != c.want {
			t.Errorf("%q: got %q, want %q", c.clauses, got, c.want)
		}
	}
}
