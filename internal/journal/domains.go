package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// Entry is a name of the list.
type Entry struct {
	Name  string // in A-labels; with a Fault as it was written
	Line  int
	Fault string // why it is no name of a domain
}

// Part is how much of the list was read, from its beginning.
type Part struct {
	Bytes int64
	Sum   string // by which it is known again
}

// Add adds entries to the domains, but for those that are there, and notes of which part of the list they are the last; nil: of none. It
// returns how many it added.
func (j *Journal) Add(entries []Entry, read *Part) (added int, err error) {
	err = j.write(func() error {
		if read != nil {
			if err := j.exec("INSERT INTO meta VALUES('read', ?) ON CONFLICT DO UPDATE SET value = excluded.value", fmt.Sprint(read.Bytes, " ", read.Sum)); err != nil {
				return err
			}
		}
		for _, e := range entries {
			state := 0
			if e.Fault != "" {
				state = 1
			}
			n, err := j.changed("INSERT INTO domains(name, line, fault, state) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING", e.Name, e.Line, e.Fault, state)
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, err
}

// SetWhole notes that the list was read to its end, and the sum by which it is known again.
func (j *Journal) SetWhole(sum string) error {
	return j.write(func() error { return j.exec("INSERT INTO meta VALUES('whole', ?) ON CONFLICT DO NOTHING", sum) })
}

// Whole reports whether the list was read to its end, and returns its sum.
func (j *Journal) Whole() (sum string, whole bool, err error) { return j.meta("whole") }

// Read returns which part of the list the entries are from; the zero Part if that was not noted.
func (j *Journal) Read() (Part, error) {
	var p Part
	text, there, err := j.meta("read")
	if err == nil && there {
		_, err = fmt.Sscan(text, &p.Bytes, &p.Sum)
	}
	return p, err
}

// Settings are those that the journal was created with.
func (j *Journal) Settings() (string, error) {
	s, _, err := j.meta("settings")
	return s, err
}

func (j *Journal) meta(key string) (value string, there bool, err error) {
	err = j.read.QueryRow("SELECT value FROM meta WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, err
}

// Domain is a name of the list, and what is known of it.
type Domain struct {
	ID int64
	Entry
	Tries  int // without an answer
	packed []byte
	by     *packer
}

// Evidence returns what was found out about d, or nil if that was not yet.
func (d *Domain) Evidence() (*evidence.Domain, error) {
	if d.packed == nil {
		return nil, nil
	}
	e := new(evidence.Domain)
	return e, d.by.unpack(d.packed, e)
}

// Waiting returns up to n domains after the one of an ID that are to be looked at, in their order, without those put off until later.
func (j *Journal) Waiting(after int64, n int, now time.Time) ([]Domain, error) {
	return j.domains("SELECT id, name, line, fault, tries, evidence FROM domains WHERE state = 0 AND id > ? AND not_before <= ? ORDER BY id LIMIT ?",
		after, now.Unix(), n)
}

// PutOff notes that there was no answer about the domain of an ID, and when it may be asked for again.
func (j *Journal) PutOff(id int64, until time.Time) error {
	return j.write(func() error {
		return j.exec("UPDATE domains SET tries = tries + 1, not_before = ? WHERE id = ?", until.Unix(), id)
	})
}

// SoonestDomain is when the next of the domains that wait may be asked for; zero if none waits.
func (j *Journal) SoonestDomain() (time.Time, error) {
	var at sql.NullInt64
	err := j.read.QueryRow("SELECT min(not_before) FROM domains WHERE state = 0").Scan(&at)
	if err != nil || !at.Valid {
		return time.Time{}, err
	}
	return time.Unix(at.Int64, 0), nil
}

// Domains returns up to n domains after the one of an ID, in their order.
func (j *Journal) Domains(after int64, n int) ([]Domain, error) {
	return j.domains("SELECT id, name, line, fault, tries, evidence FROM domains WHERE id > ? ORDER BY id LIMIT ?", after, n)
}

func (j *Journal) domains(query string, args ...any) ([]Domain, error) {
	rows, err := j.read.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Domain
	for rows.Next() {
		d := Domain{by: j.packer}
		if err := rows.Scan(&d.ID, &d.Name, &d.Line, &d.Fault, &d.Tries, &d.packed); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Place is a target of a domain, and who provides it.
type Place struct {
	evidence.Target
	Provider string
}

// SetDomain keeps what was found out about the domain of an ID, and adds the endpoints that it leads to, but for those that are there. It
// returns how many it added.
func (j *Journal) SetDomain(id int64, d *evidence.Domain, places []Place) (added int, err error) {
	packed, err := j.pack(d)
	if err != nil {
		return 0, err
	}
	err = j.write(func() error {
		if err := j.exec("UPDATE domains SET state = 1, evidence = ? WHERE id = ?", packed, id); err != nil {
			return err
		}
		for _, p := range places {
			n, err := j.addPlace(p)
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, err
}

func (j *Journal) addPlace(p Place) (added int, err error) {
	if err := j.exec("INSERT INTO addresses(address, provider) VALUES(?, ?) ON CONFLICT DO NOTHING", p.Address, p.Provider); err != nil {
		return 0, err
	}
	added, err = j.changed(`INSERT INTO endpoints(address, port, protocol, host, input, server_name, resolver)
		VALUES((SELECT id FROM addresses WHERE address = ?), ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.Address, p.Port, p.Protocol, p.Host, p.Input, p.ServerName, p.Resolver)
	if err != nil || added == 0 {
		return 0, err
	}
	return added, j.exec("UPDATE addresses SET waiting = waiting + ? WHERE address = ?", added, p.Address)
}
