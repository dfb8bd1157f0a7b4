package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mailtls/mailtls/report"
)

// maxReport is how many bytes of JSON a stored report may have.
const maxReport = 256 << 20

// State is how far a scan is.
type State string

// The states.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed" // there is no report, and none to come
)

// ErrNone says that there is no such scan.
var ErrNone = errors.New("there is no such scan")

// Scan is one that was asked for. The times that have not come are zero.
type Scan struct {
	ID                  string
	Target              string
	Quick               bool
	State               State
	Why                 string // it failed
	Asked, Begun, Ended time.Time
	Verdict             report.Verdict // of the whole, once it is done
	Grade               string
	AtBest              string // what the grade is at best where none could be given; empty: nothing bounds it, or that was not noted yet
	Connections         int

	worker string // that makes it, or has
}

// GradeText is the grade, or what it is at best, or empty.
func (s *Scan) GradeText() string {
	if s.Grade == "" && s.AtBest != "" {
		return s.AtBest + " at best"
	}
	return s.Grade
}

// Over reports whether nothing more will come.
func (s *Scan) Over() bool { return s.State == Done || s.State == Failed }

// stuckAfter is when a scan that is not over never will be, since no job can be left to make it. Nobody is to wait for it for ever.
const stuckAfter = time.Hour

// Ask notes that somebody wants target scanned, and returns the scan that is to be made. If it is asked for already and not over, that
// is the one, and then fresh is false. With a fresh one, also is called in the same transaction: what it does is done if and only if
// the scan is there.
func (s *Store) Ask(ctx context.Context, target string, quick bool, also func(*sql.Tx, string) error) (scan *Scan, fresh bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if scan, fresh, err = s.ask(ctx, tx, target, quick); err != nil || !fresh {
			return err
		}
		return also(tx, scan.ID)
	})
	if err != nil {
		return nil, false, err
	}
	return scan, fresh, nil
}

// ask finds the scan of a target that is not over, or adds one.
func (s *Store) ask(ctx context.Context, tx *sql.Tx, target string, quick bool) (scan *Scan, fresh bool, err error) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	horizon := now.Add(-stuckAfter).UnixMilli()
	if _, err := tx.ExecContext(ctx, s.say("UPDATE scans SET state = ?, ended_ms = "+s.now+", why = 'the service could not make this scan' WHERE target = ? AND quick = ? AND "+stuck),
		Failed, target, quick, horizon, horizon); err != nil {
		return nil, false, err
	}
	for { // until it is there, or another's: another program may ask at the same time, and its scan even be over by the next look
		scan, err = one(tx.QueryRowContext(ctx, s.say(underWay), target, quick))
		if !errors.Is(err, ErrNone) {
			return scan, false, err
		}
		scan = &Scan{ID: rand.Text(), Target: target, Quick: quick, State: Waiting, Asked: now}
		if fresh, err = s.insert(ctx, tx, scan); fresh || err != nil {
			return scan, fresh, err
		}
	}
}

// insert keeps a new scan, unless there is one of its target that is not over.
func (s *Store) insert(ctx context.Context, tx *sql.Tx, scan *Scan) (done bool, err error) {
	r, err := tx.ExecContext(ctx, s.say("INSERT INTO scans(id, target, quick, state, asked_ms) VALUES(?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
		scan.ID, scan.Target, scan.Quick, scan.State, scan.Asked.UnixMilli())
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// validID reports whether a scan can have that ID, which may be anything that a stranger asks for.
func validID(id string) bool { return len(id) == idLength && strings.Trim(id, idLetters) == "" }

// IDs are as [rand.Text] makes them.
const (
	idLength  = 26
	idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// Begin notes that a worker makes a scan now. mine is false if it need not: the scan is over, or another makes it that is not gone. If it
// was begun before, its steps go on from there.
func (s *Store) Begin(ctx context.Context, id, worker string) (scan *Scan, mine bool, err error) {
	n, err := s.change(ctx, "UPDATE scans SET state = ?, begun_ms = "+s.now+", worker = ?, tries = tries + 1 WHERE id = ? AND (state = ? OR worker = ? AND state = ? OR "+orphaned+")",
		Running, worker, id, Waiting, worker, Running)
	if err != nil {
		return nil, false, err
	}
	scan, err = s.Scan(ctx, id)
	return scan, n == 1, err
}

// mine are the scans that a worker has begun, unless they are over or another's since.
const mine = " WHERE id = ? AND state = 'running' AND worker = ?"

// GiveBack notes that the worker that has begun a scan does not make it any more.
func (s *Store) GiveBack(ctx context.Context, scan *Scan) error {
	return s.exec(ctx, "UPDATE scans SET state = 'waiting'"+mine, scan.ID, scan.worker)
}

// Finish keeps the report of a scan that was begun. One that is over already, or that another makes since, stays as it is.
func (s *Store) Finish(ctx context.Context, scan *Scan, r *report.Report) error {
	var text bytes.Buffer
	if err := report.WriteJSON(&text, r); err != nil {
		return err
	}
	if text.Len() > maxReport {
		return s.Fail(ctx, scan, fmt.Sprintf("its report would have %d MB, more than can be kept", text.Len()>>20))
	}
	verdict, grade := r.Overall()
	connections := 0
	for i := range r.Endpoints {
		connections += r.Endpoints[i].Cost.Connections
	}
	n, err := s.change(ctx, "UPDATE scans SET state = ?, ended_ms = "+s.now+", verdict = ?, grade = ?, at_best = ?, connections = ?, report = ?"+mine,
		Done, verdict.String(), grade, r.AtBest(), connections, s.pack.EncodeAll(text.Bytes(), nil), scan.ID, scan.worker)
	if err != nil || n == 0 {
		return err
	}
	return s.exec(ctx, "DELETE FROM steps WHERE scan = ?", scan.ID) // the report has all they told
}

// Fail notes why a scan that was begun could not be made. One that is over already, or that another makes since, stays as it is.
func (s *Store) Fail(ctx context.Context, scan *Scan, why string) error {
	return s.exec(ctx, "UPDATE scans SET state = ?, ended_ms = "+s.now+", why = ?"+mine, Failed, storable(why), scan.ID, scan.worker)
}

// Report returns what a scan that is done has found out.
func (s *Store) Report(ctx context.Context, id string) (*report.Report, error) {
	text, err := s.reportJSON(ctx, id)
	if err != nil {
		return nil, err
	}
	return report.ReadJSON(bytes.NewReader(text))
}

// reportJSON returns a report as [report.WriteJSON] wrote it.
func (s *Store) reportJSON(ctx context.Context, id string) ([]byte, error) {
	var packed []byte
	err := s.queryRow(ctx, "SELECT report FROM scans WHERE id = ? AND state = 'done'", id).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	text, err := s.open.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("the stored report of scan %s: %w", id, err)
	}
	return text, nil
}
