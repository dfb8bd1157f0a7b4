package notify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// Outcome is what comes of a look.
type Outcome struct {
	Next    State    // to be given to the next look
	Changes []Change // to tell, the gravest first
	Notes   []string // what else than the servers may be the reason
	Again   bool     // this look is the first to see something: another soon will tell whether it stays so
}

// maxConfirms is how many confirming looks follow a look by the schedule, at most, when each sees something else.
const maxConfirms = 2

// Look compares a report with what is remembered of the same target. Findings and verdict are those of the policy of that name, which has to
// be among those that r was judged by. The first look tells nothing.
func Look(before State, r *report.Report, policyName string) Outcome {
	first := before.Told == nil
	before.Told = inherit(before.Told, r)
	seen := aspects(r, policyName, before.Told)
	out := Outcome{Next: State{Tool: r.Tool.Version, Policy: judgedBy(r, policyName), Told: maps.Clone(before.Told), Seen: make(map[string]string)}}
	if first {
		out.Next.Told = make(map[string]string)
	} else {
		out.Notes = before.notes(out.Next)
	}
	forget(out.Next.Told, r)
	told, decided := make(map[string]aspect), make(map[string]bool) // the changes, and what this look could tell
	for _, a := range seen {
		key := a.key()
		was, known := before.Told[key]
		switch {
		case first:
			if a.value != absent(a) || a.kind == Reach {
				out.Next.Told[key] = a.value
			}
			continue
		case a.value == open:
			continue
		case !known:
			was = absent(a)
		}
		decided[key] = true
		switch {
		case was == a.value && a.kind == Reach:
			out.Next.Told[key] = a.value
		case was == a.value:
		case was == open && a.value == good: // which nobody feared
			delete(out.Next.Told, key)
		case was == "": // it could not be known before
			out.Next.Told[key] = a.value
		case a.sure || before.Seen[key] == a.value:
			out.Next.tell(key, a)
			told[key] = a
		default:
			out.Next.Seen[key], out.Again = a.value, true
		}
	}
	for key, value := range before.Seen { // of which this look knows nothing
		if !decided[key] {
			out.Next.Seen[key] = value
		}
	}
	if out.Again = out.Again && before.Confirms < maxConfirms; out.Again {
		out.Next.Confirms = before.Confirms + 1
	}
	out.Changes = changes(told, before.Told)
	return out
}

// absent is what holds of an aspect that nothing is remembered of.
func absent(a aspect) string {
	switch a.kind {
	case Finding, Breaking, Expiry:
		return good
	case Certificate, TLSA, STS, Verdict, Grade:
		return ""
	case Reach:
		return answers
	}
	return ""
}

// tell notes that an aspect is told.
func (s *State) tell(key string, a aspect) {
	if a.value == good && (a.kind == Finding || a.kind == Breaking) {
		delete(s.Told, key)
		return
	}
	s.Told[key] = a.value
}

// notes name what else may have changed what was found.
func (s State) notes(next State) []string {
	var out []string
	if s.Tool != next.Tool {
		out = append(out, fmt.Sprintf("The program is another version since the look before (%s, was %s), which may find what was there before.",
			report.Escape(next.Tool), report.Escape(s.Tool)))
	}
	if s.Policy != next.Policy {
		out = append(out, "The policy that the servers are judged by has changed since the look before.")
	}
	return out
}

// judgedBy tells a policy and its version from all others.
func judgedBy(r *report.Report, name string) string {
	if name == policy.Mail {
		for _, e := range r.Endpoints {
			return name + " " + e.Judged.SHA256
		}
		for _, d := range r.Domains {
			return name + " " + d.Judged.SHA256
		}
	}
	for _, others := range opinions(r) {
		for _, o := range others {
			if o.Policy == name {
				return name + " " + o.SHA256
			}
		}
	}
	return name
}

// changes are those of told, the gravest first: what is worse before what is merely other, and that before what is better.
func changes(told map[string]aspect, was map[string]string) []Change {
	keys := slices.Sorted(maps.Keys(told))
	rank := func(key string) int {
		a := told[key]
		switch a.kind.trend(was[key], a.value) {
		case report.Worse, report.Learned:
			return -100 - a.weight
		case report.Better:
			return 100
		}
		return -a.weight
	}
	slices.SortStableFunc(keys, func(x, y string) int { return rank(x) - rank(y) })
	var out []Change
	for _, key := range keys {
		a := told[key]
		old, known := was[key]
		if !known {
			old = absent(a)
		}
		c := Change{Kind: a.kind, Place: a.place, Check: a.check, Trend: a.kind.trend(old, a.value), Old: old, New: a.value, Text: a.text}
		if a.value == good && (a.kind == Finding || a.kind == Breaking) {
			c.Text = "no longer: " + titleOf(a.check)
		}
		if a.shown != "" {
			c.Old, c.New = "", a.shown
		}
		if a.fix != nil && (c.Trend == report.Worse || c.Trend == report.Learned) {
			c.Fix = a.fix()
		}
		out = append(out, c)
	}
	return out
}
