package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// readList reads the list into the journal, unless it is there, and tells what in it is no name, or there twice.
func (a *app) readList(ctx context.Context, f *scanFlags, j *journal.Journal) error {
	if _, whole, err := j.Whole(); err != nil || whole {
		return err
	}
	in, err := a.openList(f)
	if err != nil {
		return err
	}
	defer in.Close()
	known, err := j.Read()
	if err != nil {
		return err
	}
	read, added, faults := 0, 0, faults{}
	all, err := bulk.List{Column: f.bulk.column.value, Known: known}.Read(in, func(list []journal.Entry, part journal.Part) error {
		n, err := j.Add(list, &part)
		read, added = read+len(list), added+n
		faults.add(list)
		return errors.Join(err, ctx.Err())
	})
	switch {
	case err == nil:
		err = j.SetWhole(all.Sum)
	case errors.Is(err, bulk.ErrOtherList):
		return f.otherList()
	}
	if err == nil && added < read {
		fmt.Fprintf(a.stderr, "mailtls: %s of %d in the list: the others were there before\n", count(added, "name"), read)
	}
	faults.tell(a)
	return err
}

// shownFaults is how many lines are told before the scan that hold no name; the results tell all.
const shownFaults = 5

// faults are the lines of a list that hold no name of a domain.
type faults struct {
	n     int
	first []journal.Entry
}

func (x *faults) add(list []journal.Entry) {
	for _, e := range list {
		if e.Fault == "" {
			continue
		}
		if x.n++; x.n <= shownFaults {
			x.first = append(x.first, e)
		}
	}
}

func (x *faults) tell(a *app) {
	for _, e := range x.first {
		fmt.Fprintf(a.stderr, "mailtls: line %d of the list: \"%s\": %s\n", e.Line, report.Escape(e.Name), report.Escape(e.Fault))
	}
	if more := x.n - len(x.first); more > 0 {
		fmt.Fprintf(a.stderr, "mailtls: and %s more, which the results name\n", count(more, "line"))
	}
}
