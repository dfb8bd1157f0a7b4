package journal

import (
	"database/sql"
	"errors"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// Turn is an endpoint whose turn it is.
type Turn struct {
	ID        int64
	AddressID int64
	Place
	Tries int // before this one
	Times int // in a row that the address asked to be left alone
}

// Turns returns up to n endpoints that wait, each of another address, going round the addresses: from the one after the ID on. It leaves
// out addresses that are to be left alone at that time, and those that skip tells.
func (j *Journal) Turns(after int64, n int, now time.Time, skip func(address, provider string) bool) ([]Turn, error) {
	rows, err := j.read.Query("SELECT id, address, provider FROM addresses WHERE waiting > 0 AND id > ? AND not_before <= ? ORDER BY id",
		after, now.Unix())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Turn
	for len(list) < n && rows.Next() {
		var t Turn
		if err := rows.Scan(&t.AddressID, &t.Address, &t.Provider); err != nil {
			return nil, err
		}
		if skip(t.Address, t.Provider) {
			continue
		}
		if there, err := j.first(&t, now); err != nil {
			return nil, err
		} else if there {
			list = append(list, t)
		}
	}
	return list, rows.Err()
}

// first fills in the first endpoint that waits at an address. The list of addresses is as it was when its reading began, and skip is asked
// later: so what came of the address in between, such as that it asked to be left alone, is looked at here.
func (j *Journal) first(t *Turn, now time.Time) (bool, error) {
	err := j.read.QueryRow(`SELECT e.id, port, protocol, host, input, server_name, resolver, tries, times FROM endpoints e JOIN addresses a ON a.id = e.address
		WHERE e.address = ? AND e.state = 0 AND a.not_before <= ? ORDER BY e.id LIMIT 1`, t.AddressID, now.Unix()).
		Scan(&t.ID, &t.Port, &t.Protocol, &t.Host, &t.Input, &t.ServerName, &t.Resolver, &t.Tries, &t.Times)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Outcome is what came of a turn.
type Outcome struct {
	Evidence *evidence.Endpoint
	Again    bool      // it is to be tried another time, and the evidence stands until then
	Until    time.Time // when the address may be asked again; zero: it did not ask to be left alone
}

// SetEndpoint keeps what came of a turn.
func (j *Journal) SetEndpoint(t Turn, o Outcome) error {
	packed, err := j.pack(o.Evidence)
	if err != nil {
		return err
	}
	return j.write(func() error {
		state := 1
		if o.Again {
			state = 0
		}
		n, err := j.changed("UPDATE endpoints SET state = ?, tries = tries + 1, evidence = ? WHERE id = ? AND state = 0", state, packed, t.ID)
		if err != nil || n == 0 {
			return err
		}
		if o.Until.IsZero() {
			return j.exec("UPDATE addresses SET waiting = waiting - ?, times = 0 WHERE id = ?", state, t.AddressID)
		}
		return j.exec("UPDATE addresses SET waiting = waiting - ?, times = times + 1, not_before = ? WHERE id = ?", state, o.Until.Unix(), t.AddressID)
	})
}

// Soonest is when the next address may be asked again of those that have endpoints waiting and asked to be left alone; zero if there is
// none.
func (j *Journal) Soonest(now time.Time) (time.Time, error) {
	var at sql.NullInt64
	err := j.read.QueryRow("SELECT min(not_before) FROM addresses WHERE waiting > 0 AND not_before > ?", now.Unix()).Scan(&at)
	if err != nil || !at.Valid {
		return time.Time{}, err
	}
	return time.Unix(at.Int64, 0), nil
}

// Endpoint returns the evidence about a target, and whether there is more to come. It is nil if there is none yet.
func (j *Journal) Endpoint(t evidence.Target) (e *evidence.Endpoint, waiting bool, err error) {
	var packed []byte
	var state int
	err = j.read.QueryRow(`SELECT e.evidence, e.state FROM endpoints e JOIN addresses a ON a.id = e.address
		WHERE a.address = ? AND e.port = ? AND e.protocol = ? AND e.host = ?`, t.Address, t.Port, t.Protocol, t.Host).Scan(&packed, &state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, true, nil
	case err != nil || packed == nil:
		return nil, state == 0, err
	}
	e = new(evidence.Endpoint)
	return e, state == 0, j.unpack(packed, e)
}

// Visited is an endpoint that was looked at.
type Visited struct {
	ID       int64
	Provider string
	packed   []byte
	by       *packer
}

// Evidence returns what was found out.
func (v *Visited) Evidence() (*evidence.Endpoint, error) {
	e := new(evidence.Endpoint)
	return e, v.by.unpack(v.packed, e)
}

// Endpoints returns up to n endpoints after the one of an ID that nothing more is expected of.
func (j *Journal) Endpoints(after int64, n int) ([]Visited, error) {
	rows, err := j.read.Query(`SELECT e.id, a.provider, e.evidence FROM endpoints e JOIN addresses a ON a.id = e.address
		WHERE e.id > ? AND e.state = 1 ORDER BY e.id LIMIT ?`, after, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Visited
	for rows.Next() {
		v := Visited{by: j.packer}
		if err := rows.Scan(&v.ID, &v.Provider, &v.packed); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
