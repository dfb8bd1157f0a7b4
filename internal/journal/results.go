package journal

import (
	"database/sql"
	"errors"
)

// Counts tell how much there is in a journal.
type Counts struct {
	Domains, DomainsWaiting     int // names that are none among the first
	Faults                      int
	Endpoints, EndpointsWaiting int
}

// Counts counts.
func (j *Journal) Counts() (Counts, error) {
	var c Counts
	err := j.read.QueryRow(`SELECT (SELECT count(*) FROM domains), (SELECT count(*) FROM domains WHERE state = 0),
		(SELECT count(*) FROM domains WHERE fault <> ''), (SELECT count(*) FROM endpoints), (SELECT count(*) FROM endpoints WHERE state = 0)`).
		Scan(&c.Domains, &c.DomainsWaiting, &c.Faults, &c.Endpoints, &c.EndpointsWaiting)
	return c, err
}

// Result reads what [Journal.SetResults] kept of a domain into v, and reports whether there is anything.
func (j *Journal) Result(domain int64, v any) (bool, error) {
	var packed []byte
	err := j.read.QueryRow("SELECT result FROM results WHERE domain = ?", domain).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, j.unpack(packed, v)
}

// SetResults keeps a value of each domain, by its ID. Another of the same domain takes its place.
func (j *Journal) SetResults(results map[int64]any) error {
	packed := make(map[int64][]byte, len(results))
	for id, v := range results {
		b, err := j.pack(v)
		if err != nil {
			return err
		}
		packed[id] = b
	}
	return j.write(func() error {
		for id, b := range packed {
			if err := j.exec("INSERT INTO results VALUES(?, ?) ON CONFLICT DO UPDATE SET result = excluded.result", id, b); err != nil {
				return err
			}
		}
		return nil
	})
}
