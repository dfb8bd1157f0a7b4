package main

import (
	"context"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/internal/bulk"
)

func (a *app) writeSummary(ctx context.Context, w io.Writer, run *bulk.Run) (left int, err error) {
	n := 0
	left, err = run.EachRow(ctx, func(bulk.Row) error { n++; return nil })
	if err == nil {
		_, err = fmt.Fprintf(w, "%d names of the list are done\n", n)
	}
	return left, err
}
