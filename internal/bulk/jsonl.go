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
func encode(one *Result) (err error) {
	if one.Report == nil {
		one.text, err = one.JSON()
		return err
	}
	one.text, err = line(one.Report)
	return err
}

// JSON is the line of a name of which there is no report.
func (row Row) JSON() ([]byte, error) { return line(row) }

func line(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	return report.EscapeJSON(b.Bytes()), nil
}
