package bulk

import (
	"context"
	"errors"
	"runtime"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// Result is what came of one name of the list.
type Result struct {
	Row
	Report *report.Report // nil if the name is none of a domain

	text []byte // what prepare made of it
}

// Each calls do with the result of every name of the list that nothing waits for, in its order, and returns how many it left out. It keeps
// their rows in the journal. prepare is called before, several at the same time; nil: there is nothing to prepare.
func (r *Run) Each(ctx context.Context, prepare func(*Result) error, do func(Result) error) (left int, err error) {
	for last := int64(0); ; {
		list, err := r.Journal.Domains(last, page)
		if err != nil || len(list) == 0 {
			return left, err
		}
		last = list[len(list)-1].ID
		results, err := r.join(ctx, list, prepare)
		if err != nil {
			return left, err
		}
		for _, one := range results {
			if one == nil {
				left++
				continue
			}
			if err := do(*one); err != nil {
				return left, err
			}
		}
	}
}

// join makes the results of domains, several at the same time, and keeps their rows. Those that something waits for are nil.
func (r *Run) join(ctx context.Context, list []journal.Domain, prepare func(*Result) error) ([]*Result, error) {
	results := make([]*Result, len(list))
	work := newPool(runtime.GOMAXPROCS(0))
	for i := range list {
		err := work.run(ctx, func() (err error) {
			if results[i], err = r.result(&list[i]); err == nil && results[i] != nil && prepare != nil {
				err = prepare(results[i])
			}
			return err
		})
		if err != nil {
			return nil, errors.Join(err, work.wait())
		}
	}
	if err := work.wait(); err != nil {
		return nil, err
	}
	rows := make(map[int64]any, len(list))
	for i, one := range results {
		if one != nil {
			rows[list[i].ID] = one.Row
		}
	}
	return results, r.Journal.SetResults(rows)
}

// result judges a domain with its endpoints, or returns nil if something waits.
func (r *Run) result(d *journal.Domain) (*Result, error) {
	if d.Fault != "" {
		return &Result{Row: Row{Domain: d.Name, Line: d.Line, Result: Invalid, Error: d.Fault}}, nil
	}
	e, err := d.Evidence()
	if err != nil || e == nil {
		return nil, err
	}
	var endpoints []*evidence.Endpoint
	for _, t := range r.Stages.Targets(e) {
		one, waiting, err := r.Journal.Endpoint(t)
		if err != nil || waiting {
			return nil, err
		}
		endpoints = append(endpoints, one)
	}
	rep, err := r.Stages.Report(e, endpoints)
	if err != nil {
		return nil, err
	}
	row := RowOf(rep)
	row.Line = d.Line
	return &Result{Row: row, Report: rep}, nil
}

// EachRow calls do with the row of every name of the list that nothing waits for, in the order of the list, and returns how many it left out.
// Rows that are in the journal are not made anew.
func (r *Run) EachRow(ctx context.Context, do func(Row) error) (left int, err error) {
	for last := int64(0); ; {
		list, err := r.Journal.Domains(last, page)
		if err != nil || len(list) == 0 {
			return left, err
		}
		rows, missing, err := r.kept(list)
		if err != nil {
			return left, err
		}
		results, err := r.join(ctx, missing, nil)
		if err != nil {
			return left, err
		}
		for i, d := range missing {
			if results[i] != nil {
				rows[d.ID] = results[i].Row
			}
		}
		for _, d := range list {
			row, there := rows[d.ID]
			if !there {
				left++
			} else if err := do(row); err != nil {
				return left, err
			}
		}
		last = list[len(list)-1].ID
	}
}

// kept returns the rows that the journal has of domains, by their IDs, and the domains of which it has none.
func (r *Run) kept(list []journal.Domain) (rows map[int64]Row, missing []journal.Domain, err error) {
	rows = map[int64]Row{}
	for _, d := range list {
		var row Row
		there, err := r.Journal.Result(d.ID, &row)
		if err != nil {
			return nil, nil, err
		}
		if there {
			rows[d.ID] = row
		} else {
			missing = append(missing, d)
		}
	}
	return rows, missing, nil
}
