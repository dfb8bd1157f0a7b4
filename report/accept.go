package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/check"
)

// AcceptanceUnused is the ID of notes on acceptances that met no finding.
const AcceptanceUnused = "acceptance-unused"

// Accept returns r with the warnings and failures marked that list accepts, as of the time that each endpoint or domain was
// judged at. Verdict, grade and findings stay what they are: what an acceptance changes is what [Report.Has] goes by. A finding
// whose acceptances have all run out counts as ever, and says so. What is not known cannot be accepted.
func Accept(r *Report, list *AcceptList) *Report {
	out := *r
	out.Endpoints = make([]Endpoint, len(r.Endpoints))
	used := make([]bool, len(list.Entries))
	for i, e := range r.Endpoints {
		out.Endpoints[i] = acceptIn(e, list, used)
	}
	out.Domains = make([]Domain, len(r.Domains))
	for i, d := range r.Domains {
		out.Domains[i] = acceptInDomain(d, &out, list, used)
	}
	out.Notes = slices.Clone(r.Notes)
	for i, x := range list.Entries {
		if !used[i] {
			out.Notes = append(out.Notes, unusedNote(r, x))
		}
	}
	return &out
}

// acceptIn marks the findings of one endpoint, and notes which entries were of use.
func acceptIn(e Endpoint, list *AcceptList, used []bool) Endpoint {
	at := e.Judged.At
	if at.IsZero() {
		at = e.At
	}
	covers := func(x AcceptEntry) bool { return x.covers(e.Target) }
	var rest []check.Finding
	e.Findings, rest = acceptEach(e.Findings, list, covers, used, at)
	if e.Remaining = nil; len(rest) < len(e.Findings) {
		v := verdictOf(rest)
		e.Remaining = &v
	}
	return e
}

// acceptEach returns findings with those marked that the entries accept which cover them, and those that none accepts.
func acceptEach(findings []check.Finding, list *AcceptList, covers func(AcceptEntry) bool, used []bool, at time.Time) (marked, rest []check.Finding) {
	marked = slices.Clone(findings)
	for i := range marked {
		f := &marked[i]
		f.Accepted, f.Lapsed = nil, nil
		if f.Level >= check.Warn {
			acceptOne(f, list, covers, used, at)
		}
		if f.Accepted == nil {
			rest = append(rest, *f)
		}
	}
	return marked, rest
}

// acceptOne marks a finding by the entry about it that holds longest.
func acceptOne(f *check.Finding, list *AcceptList, covers func(AcceptEntry) bool, used []bool, at time.Time) {
	best := -1
	for i, x := range list.Entries {
		if x.Check != f.Check || !covers(x) {
			continue
		}
		used[i] = true
		if best < 0 || list.Entries[best].Until.Start().Before(x.Until.Start()) {
			best = i
		}
	}
	if best < 0 {
		return
	}
	x := list.Entries[best]
	word := &check.Acceptance{Until: x.Until, Reason: x.Reason}
	if at.Before(x.Until.Start().Add(24 * time.Hour)) {
		f.Accepted = word
	} else {
		f.Lapsed = word
	}
}

// unusedNote tells of an acceptance that met no finding, so that nobody keeps it for ever.
func unusedNote(r *Report, x AcceptEntry) Note {
	why, noted := "no server there was scanned", false
	if x.domain != "" {
		why = "no domain of that name was scanned"
	}
	for _, findings := range r.covered(x) {
		f, ok := findingIn(findings, x.Check)
		if !ok || f.Level == check.Undecided {
			why = "whether it is still there is not known"
			break
		}
		noted = noted || f.Note
		if why = "it is not there, so the entry can go"; noted {
			why = "it is a note there, which fails no run, so the entry can go"
		}
	}
	return Note{AcceptanceUnused, fmt.Sprintf("Accepted in line %d of the list, and not found: %s at %s: %s.", x.Line, x.Check, Escape(x.Endpoint), why)}
}

// remaining is the verdict on what is not accepted.
func (e Endpoint) remaining() Verdict {
	if e.Remaining != nil {
		return *e.Remaining
	}
	return e.Verdict
}

// acceptedIn counts the findings that are accepted.
func acceptedIn(e Endpoint) int { return acceptedAmong(e.Findings) }

func acceptedAmong(findings []check.Finding) int {
	n := 0
	for _, f := range findings {
		if f.Accepted != nil {
			n++
		}
	}
	return n
}

// acceptanceText says until when and why a finding is accepted, or was; "" for others.
func acceptanceText(f check.Finding) string {
	switch {
	case f.Accepted != nil:
		return "accepted until " + f.Accepted.Until.String() + ": " + Escape(f.Accepted.Reason)
	case f.Lapsed != nil:
		return "was accepted until " + f.Lapsed.Until.String() + ", and counts again: " + Escape(f.Lapsed.Reason)
	}
	return ""
}

// sameWord reports whether two findings are accepted, or were, by the same words, or neither is.
func sameWord(a, b check.Finding) bool {
	return acceptanceText(a) == acceptanceText(b)
}
