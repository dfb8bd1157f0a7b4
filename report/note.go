package report

import (
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Note is what the endpoints of a report say together, and none of them alone.
type Note struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Port25Blocked is the ID of the note that this network, the scanner's, probably blocks outgoing connections to port 25.
const Port25Blocked = "port-25-blocked"

// notesOn returns the notes on endpoints; it is never nil.
func notesOn(endpoints []Endpoint) []Note {
	notes := []Note{}
	if blocked25(endpoints) {
		notes = append(notes, Note{Port25Blocked, "Port 25 answers nowhere while other ports do: this network probably " +
			"blocks outgoing mail, as most do for homes and cloud machines. Scan port 25 from a mail server."})
	}
	return notes
}

// blocked25 reports whether every server on port 25 is silent while one on another port answers. An address that nothing
// leads to, such as an IPv6 address where there is no IPv6, is not silent; nor is one that was not asked to the end.
func blocked25(endpoints []Endpoint) bool {
	silent, others := 0, 0
	for _, e := range endpoints {
		why, lost := unreachable(e)
		switch {
		case e.Target.Port != 25 && !lost:
			others++
		case e.Target.Port == 25 && (!lost || strings.Contains(why, "refused")):
			return false
		case e.Target.Port == 25 && silence(why):
			silent++
		}
	}
	return silent > 0 && others > 0
}

// silence reports whether why, the reason of a server that is not reachable, is that nothing came back at all.
func silence(why string) bool { return strings.Contains(why, "no answer") }

// Merge puts reports into one, whose run begins with the first and ends with the last. Endpoints that were in different
// reports are judged anew, by p and others, since they now stand beside each other. One that several reports have, as a server of
// two domains, is there once, as it was seen best. Reports that are nil are left out; if
// there is no other, so is the result.
func Merge(p *policy.Policy, others []*policy.Policy, reports ...*Report) *Report {
	reports = slices.DeleteFunc(slices.Clone(reports), func(r *Report) bool { return r == nil })
	switch len(reports) {
	case 0:
		return nil
	case 1:
		return reports[0]
	}
	out := *reports[0]
	out.Run.Args, out.Domains, out.Endpoints = nil, []Domain{}, []Endpoint{}
	end := out.Run.Start
	for _, r := range reports {
		if r.Run.Start.Before(out.Run.Start) {
			out.Run.Start = r.Run.Start
		}
		if e := r.Run.Start.Add(r.Run.Wall); e.After(end) {
			end = e
		}
		out.Run.Args = append(out.Run.Args, r.Run.Args...)
		out.Domains = append(out.Domains, r.Domains...)
		for _, e := range r.Endpoints {
			out.Endpoints = withEndpoint(out.Endpoints, e)
		}
	}
	out.Run.Wall = end.Sub(out.Run.Start)
	return Judge(&out, p, others, time.Time{})
}

// withEndpoint adds e to a list, but in place of what it knows more than, and not beside what knows as much.
func withEndpoint(list []Endpoint, e Endpoint) []Endpoint {
	i := slices.IndexFunc(list, func(x Endpoint) bool { return sameServer(x.Target, e.Target) })
	switch {
	case i < 0:
		return append(list, e)
	case undecidedIn(e) < undecidedIn(list[i]):
		list[i] = e
	}
	return list
}

func undecidedIn(e Endpoint) int {
	n := 0
	for _, f := range e.Findings {
		if f.Level == check.Undecided {
			n++
		}
	}
	return n
}

// sameServer reports whether two targets come to the same, whoever resolved the name and however it was written.
func sameServer(a, b evidence.Target) bool {
	return a.Protocol == b.Protocol && a.Host == b.Host && a.Port == b.Port && a.Address == b.Address && a.ServerName == b.ServerName
}
