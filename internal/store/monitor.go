package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
)

// ErrNoMonitor says that there is no such monitor.
var ErrNoMonitor = errors.New("there is no such monitor")

// Monitor is what is scanned by a schedule, and who is told of changes.
type Monitor struct {
	ID      string
	Name    string
	Targets []string // each in the form of [Scan.Target]
	Every   time.Duration
	Quick   bool
	Policy  string
	Digest  bool // one message a day
	Mail    []string
	Webhook string
	Slack   string
	Secret  string // that the webhook's requests are signed with
	Feed    string // what whoever reads the feed has to know
	Paused  bool
	Muted   time.Time // until then nothing is sent
	Made    time.Time
	Owner   string // the ID of its account; empty: it is of before there were any, or of a service without
}

const monitorColumns = "SELECT id, name, every_ms, quick, policy, digest, mail, webhook, slack, secret, feed, paused, muted_ms, made_ms, owner FROM monitors"

func oneMonitor(r row) (*Monitor, error) {
	var m Monitor
	var every, muted, made int64
	var mail string
	err := r.Scan(&m.ID, &m.Name, &every, &m.Quick, &m.Policy, &m.Digest, &mail, &m.Webhook, &m.Slack, &m.Secret, &m.Feed, &m.Paused, &muted, &made, &m.Owner)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoMonitor
	}
	m.Every, m.Mail, m.Muted, m.Made = time.Duration(every)*time.Millisecond, strings.Fields(mail), moment(muted), moment(made)
	return &m, err
}

// AddMonitor keeps a monitor, and gives it its ID, its secret and its feed. Its targets are due now. The error is an [*UnprovenError] if its owner
// may not watch them yet.
func (s *Store) AddMonitor(ctx context.Context, m *Monitor, now time.Time, proven ...string) error {
	m.ID, m.Secret, m.Feed, m.Made = rand.Text(), rand.Text(), rand.Text(), now.UTC().Truncate(time.Millisecond)
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.roomForMonitor(ctx, tx, m.Owner); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.say(`INSERT INTO monitors(id, name, every_ms, quick, policy, digest, mail, webhook, slack, secret, feed, paused, muted_ms, made_ms, owner)
			VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`), m.ID, storable(m.Name), m.Every.Milliseconds(), m.Quick, m.Policy, m.Digest, strings.Join(m.Mail, "\n"),
			m.Webhook, m.Slack, m.Secret, m.Feed, m.Paused, milliseconds(m.Muted), m.Made.UnixMilli(), m.Owner); err != nil {
			return err
		}
		if err := s.setTargets(ctx, tx, m, nil, now); err != nil {
			return err
		}
		return s.prove(ctx, tx, m, proven)
	})
}

// SetMonitor changes a monitor. What is remembered of targets that stay is kept; they are due now if it was paused, or looks less often.
// Whose it is stays; the error is an [*UnprovenError] if its owner may not watch its targets yet, and ErrNoAccount if it is disabled.
func (s *Store) SetMonitor(ctx context.Context, m *Monitor, now time.Time, proven ...string) error {
	if !validID(m.ID) {
		return ErrNoMonitor
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		var err error
		if m.Owner, err = s.holdOwner(ctx, tx, "monitors", m.ID, ErrNoMonitor); err != nil {
			return err
		}
		former, err := oneMonitor(tx.QueryRowContext(ctx, s.say(monitorColumns+" WHERE id = ?"), m.ID))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.say(`UPDATE monitors SET name = ?, every_ms = ?, quick = ?, policy = ?, digest = ?, mail = ?, webhook = ?, slack = ?, paused = ?, muted_ms = ?
			WHERE id = ?`), storable(m.Name), m.Every.Milliseconds(), m.Quick, m.Policy, m.Digest, strings.Join(m.Mail, "\n"), m.Webhook, m.Slack, m.Paused,
			milliseconds(m.Muted), m.ID); err != nil {
			return err
		}
		if m.Quick != former.Quick || m.Policy != former.Policy { // what is seen otherwise now is no change
			if _, err := tx.ExecContext(ctx, s.say("UPDATE watches SET state = '', scan = '', second = ? WHERE monitor = ?"), false, m.ID); err != nil {
				return err
			}
		}
		if m.Muted.Before(former.Muted) { // what has gathered meanwhile need not wait any more
			at := now
			if m.Digest {
				at = DigestAt(now)
			}
			if _, err := tx.ExecContext(ctx, s.say("UPDATE monitors SET digest_ms = ? WHERE id = ? AND digest_ms > ?"), at.UnixMilli(), m.ID, at.UnixMilli()); err != nil {
				return err
			}
		}
		if err := s.setTargets(ctx, tx, m, former, now); err != nil {
			return err
		}
		return s.prove(ctx, tx, m, proven)
	})
}

const digestHour = 7 // of the day, in UTC, when digests are sent

// DigestAt is the next time at which digests are sent.
func DigestAt(now time.Time) time.Time {
	now = now.UTC()
	at := time.Date(now.Year(), now.Month(), now.Day(), digestHour, 0, 0, 0, time.UTC)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// setTargets has a monitor watch its targets, those alone, as former did before.
func (s *Store) setTargets(ctx context.Context, tx *sql.Tx, m, former *Monitor, now time.Time) error {
	there, err := texts(tx.QueryContext(ctx, s.say("SELECT target FROM watches WHERE monitor = ?"), m.ID))
	if err != nil {
		return err
	}
	due := now.UnixMilli()
	if m.Paused {
		due = 0
	}
	for _, target := range there {
		if !slices.Contains(m.Targets, target) {
			if _, err := tx.ExecContext(ctx, s.say("DELETE FROM watches WHERE monitor = ? AND target = ?"), m.ID, target); err != nil {
				return err
			}
		}
	}
	for _, target := range m.Targets {
		if slices.Contains(there, target) {
			continue
		}
		if _, err := tx.ExecContext(ctx, s.say("INSERT INTO watches(monitor, target, due_ms, second) VALUES(?, ?, ?, ?)"), m.ID, target, due, false); err != nil {
			return err
		}
	}
	if former != nil && (m.Paused != former.Paused || m.Every != former.Every || m.Quick != former.Quick || m.Policy != former.Policy) {
		_, err = tx.ExecContext(ctx, s.say("UPDATE watches SET due_ms = ? WHERE monitor = ?"), due, m.ID)
	}
	return err
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Monitor returns the monitor of that ID.
func (s *Store) Monitor(ctx context.Context, id string) (*Monitor, error) {
	if !validID(id) {
		return nil, ErrNoMonitor
	}
	m, err := oneMonitor(s.queryRow(ctx, monitorColumns+" WHERE id = ?", id))
	if err != nil {
		return nil, err
	}
	m.Targets, err = texts(s.query(ctx, "SELECT target FROM watches WHERE monitor = ? ORDER BY target", m.ID))
	return m, err
}

// Monitors returns up to n monitors of an account, the latest first, without their targets; those made before a time, unless it is zero.
func (s *Store) Monitors(ctx context.Context, owner string, before time.Time, n int) ([]Monitor, error) {
	query, args := monitorColumns+" WHERE owner = ?", []any{owner}
	if !before.IsZero() {
		query, args = query+" AND made_ms < ?", append(args, before.UnixMilli())
	}
	rows, err := s.query(ctx, query+" ORDER BY made_ms DESC LIMIT ?", append(args, n)...)
	return collect(rows, err, oneMonitor)
}

// DeleteMonitor forgets a monitor, and what was told of it. The scans stay.
func (s *Store) DeleteMonitor(ctx context.Context, id string) error {
	if !validID(id) {
		return ErrNoMonitor
	}
	n, err := s.change(ctx, "DELETE FROM monitors WHERE id = ?", id)
	if err == nil && n == 0 {
		return ErrNoMonitor
	}
	return err
}
