package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/report"
)

// WriteJSONL writes a line for each name of the list that nothing waits for, in its order, and returns how many it left out. The line of a
// domain is a whole report, as report.ReadJSON reads it, with the facts of its endpoints. That of a name that is none of a domain is its
// [Row].
func (r *Run) WriteJSONL(ctx context.Context, w io.Writer) (left int, err error) {
	return r.Each(ctx, encode, func(one Result) error {
		if _, err := w.Write(one.text); err != nil {
			return fmt.Errorf("writing the results: %w", err)
		}
		return nil
	})
}

// encode gives a result its line.
func encode(one *Result) error {
	var v any = one.Row
	if one.Report != nil {
		v = one.Report
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	one.text = report.EscapeJSON(b.Bytes())
	return nil
}
