package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// compared is what the page about two scans shows.
type compared struct {
	Old, New *store.Scan
	Notes    []string
	Parts    []part
	Same     []string // what nothing is different about
	Any      bool
}

// part is what is different about one domain or endpoint.
type part struct {
	Name, Headline string
	Became         []became
	Findings       []report.FindingChange // for the worse first
	Facts          []report.FactChange
}

// became is what had another verdict, and has another now.
type became struct{ What, Old, New, OldClass, NewClass string }

// diff tells what has changed between two scans of a target. In whatever order they are named, the earlier is the old one.
func (s *server) diff(w http.ResponseWriter, r *http.Request) {
	scans, changes, err := s.changes(r.Context(), r.FormValue("old"), r.FormValue("new"))
	switch {
	case errors.Is(err, errTwice), errors.Is(err, errTwoTargets):
		s.fail(w, r, http.StatusUnprocessableEntity, sentence(err.Error()))
		return
	case err != nil:
		s.broken(w, r, err)
		return
	}
	c := comparedBy(changes)
	c.Old, c.New = scans[0], scans[1]
	s.show(w, r, http.StatusOK, "diff", view{Title: "What has changed", Data: c})
}

// Scans that cannot be compared.
var (
	errTwice      = errors.New("this is one scan, twice: choose two")
	errTwoTargets = errors.New("these are scans of two targets: what is different between them is no change")
)

// changes are those between two scans of a target, and the scans, the earlier first.
func (s *server) changes(ctx context.Context, ids ...string) (scans [2]*store.Scan, changes *report.Changes, err error) {
	for i := range scans {
		if scans[i], err = s.Store.Scan(ctx, ids[i]); err != nil {
			return scans, nil, err
		}
	}
	switch {
	case scans[0].ID == scans[1].ID:
		return scans, nil, errTwice
	case scans[0].Target != scans[1].Target:
		return scans, nil, errTwoTargets
	case scans[1].Asked.Before(scans[0].Asked):
		slices.Reverse(scans[:])
	}
	err = s.inTurn(ctx, func() error {
		var reports [2]*report.Report
		for i := range scans {
			var err error
			if reports[i], err = s.Store.Report(ctx, scans[i].ID); err != nil {
				return err
			}
		}
		changes = report.Diff(reports[0], reports[1])
		return nil
	})
	return scans, changes, err
}

// comparedBy puts changes in the order in which they are read: the domain, then its servers, and last those without any.
func comparedBy(changes *report.Changes) compared {
	c := compared{Notes: changes.Notes, Any: changes.Any()}
	for _, d := range changes.Domains {
		p := part{Name: d.Domain, Headline: d.Headline(), Findings: sorted(d.Findings), Facts: d.Facts}
		if d.Confidence != nil {
			p.Became = append(p.Became, became{What: "Confidence", Old: d.Confidence.Old.String(), New: d.Confidence.New.String()})
		}
		for _, x := range d.Roles {
			b := became{What: string(x.Purpose)}
			b.Old, b.OldClass = roleMark(x.Old)
			b.New, b.NewClass = roleMark(x.New)
			p.Became = append(p.Became, b)
		}
		c.add(p, d.Presence == report.InBoth && d.Verdict == nil && d.Grade == nil)
	}
	for _, e := range changes.Endpoints {
		c.add(part{Name: e.Endpoint, Headline: e.Headline(), Findings: sorted(e.Findings), Facts: e.Facts},
			e.Presence == report.InBoth && e.Verdict == nil && e.Grade == nil)
	}
	return c
}

// add adds a part, or its name alone if nothing is different about it. marked says that verdict and grade are the same.
func (c *compared) add(p part, marked bool) {
	if marked && len(p.Became)+len(p.Findings)+len(p.Facts) == 0 {
		c.Same = append(c.Same, p.Name)
		return
	}
	c.Parts = append(c.Parts, p)
}

// sorted puts what is worse before what is better, and that before what is neither.
func sorted(findings []report.FindingChange) []report.FindingChange {
	order := []report.Trend{report.Worse, report.Lost, report.Learned, report.Better, report.Neither}
	return slices.SortedStableFunc(slices.Values(findings), func(a, b report.FindingChange) int {
		return cmp.Compare(slices.Index(order, a.Trend), slices.Index(order, b.Trend))
	})
}

// roleMark is how the servers of a purpose do, and the class that colours it.
func roleMark(r *report.RoleResult) (text, class string) {
	switch {
	case r == nil:
		return "none", ""
	case r.Grade == "":
		return r.Verdict.String(), r.Verdict.String()
	}
	return r.Verdict.String() + ", " + string(r.Grade), r.Verdict.String()
}
