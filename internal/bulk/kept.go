package bulk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

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
	return eachLine(rd, func(_ int, line []byte) error { return doLine(line, do) })
}

// ReadLast is ReadJSONL that calls do once for each name, with the last report of it by the time of the run: the web service may have
// scanned a domain often. It reads twice, so as to keep no more than the names.
func ReadLast(rd io.ReadSeeker, do func(Row) error) error {
	last := make(map[string]dated)
	err := eachLine(rd, func(n int, line []byte) error {
		name, at, err := whichDomain(line)
		if before, there := last[name]; err == nil && (!there || !at.Before(before.at)) {
			last[name] = dated{n, at}
		}
		return err
	})
	if err == nil {
		_, err = rd.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	return eachLine(rd, func(n int, line []byte) error {
		if name, _, err := whichDomain(line); err != nil || name != "" && last[name].line != n {
			return err
		}
		return doLine(line, do)
	})
}

// dated is a line, and when what it tells was found out.
type dated struct {
	line int
	at   time.Time
}

// whichDomain is the name that a line is about, empty if it is a report of no domain or of several, and when it was found out; a row tells no time.
func whichDomain(line []byte) (name string, at time.Time, err error) {
	var of struct {
		Domain  string
		Run     struct{ Start time.Time }
		Domains []struct{ Name string }
	}
	if err := json.Unmarshal(line, &of); err != nil {
		return "", at, err
	}
	if len(of.Domains) == 1 {
		return of.Domains[0].Name, of.Run.Start, nil
	}
	return of.Domain, at, nil
}

// eachLine calls do with each line and its number.
func eachLine(rd io.Reader, do func(n int, line []byte) error) error {
	d := json.NewDecoder(rd)
	for n := 1; ; n++ {
		var line json.RawMessage
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = do(n, line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// doLine calls do with the row of a line, unless it is a report of servers alone.
func doLine(line []byte, do func(Row) error) error {
	row, err := readLine(line)
	if errors.Is(err, errServers) {
		return nil
	}
	if err != nil {
		return err
	}
	return do(row)
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
