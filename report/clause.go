package report

import (
	"slices"
	"strings"
)

// joinClauses names each document once, with all its sections: "RFC 8996, Sections 4 and 5; RFC 9325, Section 4.1". A clause
// of a policy may hold several, with semicolons between.
func joinClauses(clauses []string) string {
	var documents []string
	sections := make(map[string][]string)
	for _, c := range clauses {
		for one := range strings.SplitSeq(c, "; ") {
			document, section, _ := strings.Cut(one, ", Section ")
			if strings.ContainsAny(section, " ,") { // more than a number
				document, section = one, ""
			}
			if !slices.Contains(documents, document) && document != "" {
				documents = append(documents, document)
			}
			if section != "" && !slices.Contains(sections[document], section) {
				sections[document] = append(sections[document], section)
			}
		}
	}
	for i, d := range documents {
		switch s := sections[d]; len(s) {
		case 0:
		case 1:
			documents[i] += ", Section " + s[0]
		default:
			documents[i] += ", Sections " + strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
		}
	}
	return strings.Join(documents, "; ")
}

// clauseRefs are clauses one by one, with where each document is to be had.
func clauseRefs(clauses []string) []refView {
	var out []refView
	for _, c := range clauses {
		for one := range strings.SplitSeq(c, "; ") {
			ref := refView{Escape(one), RefURL(one)}
			if one != "" && !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}
