package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// What statistics cost at most. Verdicts and grades are counted by what is noted of scans; for all else reports are read.
const (
	statisticsScans   = 50_000           // that are looked at, those that were made last
	statisticsAge     = 10 * time.Minute // after which all is counted again
	statisticsReports = 2000             // read, those of the targets that were scanned last
	statisticsTime    = 2 * time.Second  // for reading reports while somebody waits; the next goes on
)

// counted is what the page of statistics shows.
type counted struct {
	At      time.Time
	Targets int
	Shares  []bulk.Distribution // of all those
	Domains int                 // of which reports were read
	Left    int                 // reports that are still to be read
	More    []bulk.Distribution // of those domains
}

// counter keeps statistics for a while, and a row of each report that was read.
type counter struct {
	now  func() time.Time
	last atomic.Pointer[counted]
	mu   sync.Mutex // of whoever counts
	rows map[string]bulk.Row
}

// statistics shows how all targets did when they were last scanned.
func (s *server) statistics(w http.ResponseWriter, r *http.Request) {
	c, err := s.counter.count(r.Context(), s.Store)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "statistics", view{Title: "Statistics", Data: c})
}

// count returns what was counted last, unless it is old or not all was read: then it counts, if nobody else does already.
func (c *counter) count(ctx context.Context, s *store.Store) (*counted, error) {
	if last := c.last.Load(); last != nil && (c.fresh(last) || !c.mu.TryLock()) {
		return last, nil
	} else if last == nil {
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	if last := c.last.Load(); last != nil && c.fresh(last) {
		return last, nil
	}
	shares, err := s.Shares(ctx, statisticsScans)
	if err != nil {
		return nil, err
	}
	ids, err := s.LastOfTargets(ctx, statisticsReports)
	if err != nil {
		return nil, err
	}
	out := &counted{At: c.now().UTC(), Shares: sharesOf(shares)}
	for _, x := range shares {
		out.Targets += x.Targets
	}
	if err := c.read(ctx, s, ids, out); err != nil {
		return nil, err
	}
	c.last.Store(out)
	return out, nil
}

func (c *counter) fresh(last *counted) bool {
	return last.Left == 0 && last.Targets > 0 && c.now().Sub(last.At) < statisticsAge
}

// read makes a row of each report that it has none of yet, as long as there is time, and sums up.
func (c *counter) read(ctx context.Context, s *store.Store, ids []string, out *counted) error {
	begun := c.now()
	rows := make(map[string]bulk.Row, len(ids))
	sum := bulk.NewSummary()
	for _, id := range ids {
		row, ok := c.rows[id]
		if !ok && c.now().Sub(begun) > statisticsTime {
			out.Left++
			continue
		}
		if !ok {
			rep, err := s.Report(ctx, id)
			switch {
			case errors.Is(err, store.ErrNone): // deleted since
				continue
			case err != nil:
				return err
			}
			if len(rep.Domains) > 0 {
				row = bulk.RowOf(rep)
			}
		}
		rows[id] = row
		if row.Domain != "" { // else it is about a server alone
			sum.Add(row)
		}
	}
	c.rows = rows
	out.Domains = sum.Names
	out.More = slices.DeleteFunc(sum.Distributions(), func(d bulk.Distribution) bool { return d.Key == "verdict" })
	for i := range out.More {
		if out.More[i].Key == "result" {
			out.More[i].Title = "Whether they take mail"
		}
	}
	return nil
}

// sharesOf are verdicts and grades, best first.
func sharesOf(shares []store.Share) []bulk.Distribution {
	verdicts := bulk.Distribution{Key: "verdict", Title: "Verdict"}
	grades := bulk.Distribution{Key: "grade", Title: "Grade"}
	whole := 0
	for _, s := range shares {
		whole += s.Targets
	}
	add := func(d *bulk.Distribution, word, label string, is func(store.Share) string) {
		n := 0
		for _, s := range shares {
			if is(s) == word {
				n += s.Targets
			}
		}
		if n > 0 {
			d.Shares = append(d.Shares, bulk.Share{Word: label, Count: n, Percent: 100 * float64(n) / float64(whole)})
		}
	}
	for _, v := range []string{"pass", "warn", "fail", "incomplete"} {
		add(&verdicts, v, v, func(s store.Share) string { return s.Verdict })
	}
	for _, g := range append(policy.Grades(), "") {
		label := string(g)
		if g == "" {
			label = "no grade"
		}
		add(&grades, string(g), label, func(s store.Share) string { return s.Grade })
	}
	return slices.DeleteFunc([]bulk.Distribution{verdicts, grades}, func(d bulk.Distribution) bool { return len(d.Shares) == 0 })
}
