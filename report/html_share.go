package report

import (
	"fmt"
	"slices"
)

// firstText is where a page tells something first, and by which lines it is cured there.
type firstText struct {
	at   labelled // ID of the finding, and name of the server
	cure string
}

// shareTexts names each finding, and replaces what an earlier server's finding says, and the lines that cure it, by a link to
// that: a page about many servers would else say the same over and over.
func shareTexts(endpoints []endpointView) {
	texts, cures := make(map[string]firstText), make(map[string]labelled)
	for i := range endpoints {
		here := make(map[string]string) // the cure of each check of this server
		for j := range endpoints[i].Findings {
			f := &endpoints[i].Findings[j]
			f.ID = fmt.Sprintf("%sf%d", endpoints[i].ID, j+1)
			at, cure := labelled{f.ID, endpoints[i].Name}, f.Fix.key(here)
			here[f.Titles[0].Label] = cure
			text := fmt.Sprint(f.Text, f.Clauses, f.Refs)
			if other, ok := texts[text]; ok {
				f.Same, f.AllSame = other.at, other.cure == cure
			} else {
				texts[text] = firstText{at, cure}
			}
			f.Fix.share(cures, cure, at)
		}
	}
}

// shareSuites replaces suites that an earlier server has in the same order by a link to that.
func shareSuites(endpoints []endpointView) {
	first := make(map[string]labelled)
	for i := range endpoints {
		for j := range endpoints[i].Spoken.Versions {
			v := &endpoints[i].Spoken.Versions[j]
			key := fmt.Sprint(v.Suites)
			switch other, ok := first[key]; {
			case len(v.Suites) == 0:
			case ok && other.Label != endpoints[i].ID:
				v.Suites, v.Same = nil, other
			case !ok:
				first[key] = labelled{endpoints[i].ID, v.Name + " of " + endpoints[i].Name}
			}
		}
	}
}

// shareCertificates replaces a certificate that an earlier server shows in the same way by a link to that.
func shareCertificates(endpoints []endpointView) {
	first := make(map[string]labelled)
	for i := range endpoints {
		for j := range endpoints[i].Spoken.Certificates {
			c := &endpoints[i].Spoken.Certificates[j]
			key := fmt.Sprint(c.Owner, c.Rows)
			if other, ok := first[key]; ok {
				c.Rows, c.Same = nil, other
			} else {
				first[key] = labelled{endpoints[i].ID, endpoints[i].Name}
			}
		}
	}
}

// shareRows replaces facts and the like that an earlier server has in the same words by a link to that.
func shareRows(endpoints []endpointView) {
	facts, caps, cuts := make(map[labelled]labelled), make(map[labelled]labelled), make(map[string]labelled)
	for i := range endpoints {
		e := &endpoints[i]
		here := labelled{e.ID, e.Name}
		e.Spoken.Facts, e.Spoken.SameFacts = rowsShared(e.Spoken.Facts, here, facts)
		e.Caps, e.SameCaps = rowsShared(e.Caps, here, caps)
		key := fmt.Sprint(e.Cuts)
		if other, ok := cuts[key]; ok {
			e.SameCuts = other
		} else {
			cuts[key] = here
		}
	}
}

// rowsShared tells rows that are new from those in first, and adds the new ones there.
func rowsShared(rows []labelled, here labelled, first map[labelled]labelled) (own []labelled, same []sameRows) {
	for _, r := range rows {
		other, ok := first[r]
		if !ok {
			first[r] = here
			own = append(own, r)
			continue
		}
		if i := slices.IndexFunc(same, func(s sameRows) bool { return s.At == other }); i >= 0 {
			same[i].Labels += ", " + r.Label
		} else {
			same = append(same, sameRows{other, r.Label})
		}
	}
	return own, same
}
