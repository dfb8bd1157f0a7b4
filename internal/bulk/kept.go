package bulk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// EachKept calls do with the rows that a journal has, in the order of the list, and returns of how many names it has none.
func EachKept(j *journal.Journal, do func(Row) error) (left int, err error) {
	r := &Run{Journal: j}
	for last := int64(0); ; {
		list, err := j.Domains(last, page)
		if err != nil || len(list) == 0 {
			return left, err
		}
		last = list[len(list)-1].ID
		rows, missing, err := r.kept(list)
		if err != nil {
			return left, err
		}
		left += len(missing)
		for _, d := range list {
			if row, there := rows[d.ID]; there {
				if err := do(row); err != nil {
					return left, err
				}
			}
		}
	}
}

// ReadJSONL calls do with the row of each line that [Run.WriteJSONL] wrote. It keeps nothing, and leaves
// out reports of servers alone.
func ReadJSONL(rd io.Reader, do func(Row) error) error {
	d := json.NewDecoder(rd)
	for n := 1; ; n++ {
		var line json.RawMessage
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return nil
		}
		var row Row
		if err == nil {
			row, err = readLine(line)
		}
		if errors.Is(err, errServers) {
			continue
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := do(row); err != nil {
			return err
		}
	}
}

// errServers says that a line is a report of servers, and of no domain. The web service has such scans.
var errServers = errors.New("this is a report of servers alone")

func readLine(line []byte) (Row, error) {
	var row Row
	if err := json.Unmarshal(line, &row); err == nil && row.Result != "" { // no report has that member
		return row, nil
	}
	r, err := report.ReadJSON(bytes.NewReader(line))
	if err != nil {
		return row, err
	}
	if len(r.Domains) == 0 {
		return row, errServers
	}
	if len(r.Domains) != 1 {
		return row, errors.New("this is no result of a scan of many domains")
	}
	return RowOf(r), nil
}
