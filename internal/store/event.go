package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"
)

// ErrNoDelivery says that there is nothing to be brought by that ID.
var ErrNoDelivery = errors.New("there is no such message")

// Sending is how far a delivery is.
type Sending string

// How far deliveries are.
const (
	Unsent  Sending = "waiting"
	Sent    Sending = "sent"
	GivenUp Sending = "failed"
)

// Delivery is a message that is brought to one place.
type Delivery struct {
	ID        string
	Monitor   string
	Channel   string // mail, webhook, slack
	Recipient string
	Subject   string
	Body      string // text; of a webhook, JSON
	State     Sending
	Tries     int
	Why       string // the last try failed
	At, Done  time.Time
}

// Events returns up to n of what was worth telling of a monitor's targets, the latest first.
func (s *Store) Events(ctx context.Context, monitor string, n int) ([]Event, error) {
	rows, err := s.query(ctx, eventColumns+" WHERE monitor = ? ORDER BY at_ms DESC LIMIT ?", monitor, n)
	return collect(rows, err, oneEvent)
}

const eventColumns = "SELECT id, target, at_ms, scan, former, subject, body FROM events"

func oneEvent(r row) (*Event, error) {
	var e Event
	var at int64
	err := r.Scan(&e.ID, &e.Target, &at, &e.Scan, &e.Former, &e.Subject, &e.Body)
	e.At = moment(at)
	return &e, err
}

// toTell finds the monitors of which something has gathered that is to be told by a time. For an account that is disabled it waits.
const toTell = "digest_ms > 0 AND digest_ms <= ? AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = monitors.owner AND a.disabled)"

// Gathered returns up to n monitors of which something has gathered that is to be told by now.
func (s *Store) Gathered(ctx context.Context, now time.Time, n int) ([]string, error) {
	return texts(s.query(ctx, "SELECT id FROM monitors WHERE "+toTell+" ORDER BY digest_ms LIMIT ?", now.UnixMilli(), n))
}

// TellGathered has what has gathered of a monitor told: tell turns it into deliveries, the first first. Of more than maxGathered events the
// rest is due at once. If another program has done so before, nothing is done.
func (s *Store) TellGathered(ctx context.Context, monitor string, now time.Time, tell func([]Event) ([]Delivery, error), also func(*sql.Tx, []string) error) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, s.say("UPDATE monitors SET digest_ms = 0 WHERE id = ? AND "+toTell), monitor, now.UnixMilli())
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		rows, err := tx.QueryContext(ctx, s.say(eventColumns+" WHERE monitor = ? AND gathered = ? ORDER BY at_ms LIMIT ?"), monitor, true, maxGathered)
		list, err := collect(rows, err, oneEvent)
		if err != nil {
			return err
		}
		if err := s.told(ctx, tx, monitor, list, now); err != nil {
			return err
		}
		deliveries, err := tell(list)
		if err != nil {
			return err
		}
		return s.addDeliveries(ctx, tx, monitor, deliveries, now, also)
	})
}

// maxGathered is how many events are told in one message.
const maxGathered = 100

// told notes that events of a monitor are told. What else has gathered is told next.
func (s *Store) told(ctx context.Context, tx *sql.Tx, monitor string, list []Event, now time.Time) error {
	for _, e := range list {
		if _, err := tx.ExecContext(ctx, s.say("UPDATE events SET gathered = ? WHERE id = ?"), false, e.ID); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, s.say("UPDATE monitors SET digest_ms = ? WHERE id = ? AND EXISTS (SELECT 1 FROM events WHERE monitor = ? AND gathered = ?)"),
		now.UnixMilli(), monitor, monitor, true)
	return err
}

// Postpone has what has gathered of a monitor told later.
func (s *Store) Postpone(ctx context.Context, monitor string, until time.Time) error {
	return s.exec(ctx, "UPDATE monitors SET digest_ms = ? WHERE id = ? AND digest_ms > 0", until.UnixMilli(), monitor)
}

// Tell has deliveries brought that are about no event.
func (s *Store) Tell(ctx context.Context, monitor string, list []Delivery, now time.Time, also func(*sql.Tx, []string) error) error {
	return s.inTx(ctx, func(tx *sql.Tx) error { return s.addDeliveries(ctx, tx, monitor, list, now, also) })
}

func (s *Store) addDeliveries(ctx context.Context, tx *sql.Tx, monitor string, list []Delivery, now time.Time, also func(*sql.Tx, []string) error) error {
	var ids []string
	for _, d := range list {
		id := rand.Text()
		ids = append(ids, id)
		if _, err := tx.ExecContext(ctx, s.say(`INSERT INTO deliveries(id, monitor, channel, recipient, subject, body, state, at_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?)`),
			id, monitor, d.Channel, d.Recipient, storable(d.Subject), storable(d.Body), Unsent, now.UnixMilli()); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return also(tx, ids)
}

const deliveryColumns = "SELECT id, monitor, channel, recipient, subject, body, state, tries, why, at_ms, done_ms FROM deliveries"

func oneDelivery(r row) (*Delivery, error) {
	var d Delivery
	var at, done int64
	err := r.Scan(&d.ID, &d.Monitor, &d.Channel, &d.Recipient, &d.Subject, &d.Body, &d.State, &d.Tries, &d.Why, &at, &done)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoDelivery
	}
	d.At, d.Done = moment(at), moment(done)
	return &d, err
}

// Delivery returns the delivery of that ID.
func (s *Store) Delivery(ctx context.Context, id string) (*Delivery, error) {
	return oneDelivery(s.queryRow(ctx, deliveryColumns+" WHERE id = ?", id))
}

// Deliveries returns up to n deliveries of a monitor, the latest first.
func (s *Store) Deliveries(ctx context.Context, monitor string, n int) ([]Delivery, error) {
	rows, err := s.query(ctx, deliveryColumns+" WHERE monitor = ? ORDER BY at_ms DESC, recipient LIMIT ?", monitor, n)
	return collect(rows, err, oneDelivery)
}

// Tried notes what came of trying to bring a delivery: why it failed, or "". At the last try it is given up.
func (s *Store) Tried(ctx context.Context, id, why string, atLast bool, now time.Time) error {
	state, done := Sent, now.UnixMilli()
	switch {
	case why != "" && atLast:
		state = GivenUp
	case why != "":
		state, done = Unsent, 0
	}
	return s.exec(ctx, "UPDATE deliveries SET state = ?, tries = tries + 1, why = ?, done_ms = ? WHERE id = ? AND state = 'waiting'", state, storable(why), done, id)
}
