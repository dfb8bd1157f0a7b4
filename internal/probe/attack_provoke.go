package probe

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// provoke sends raw and keeps what comes back until the connection ends, or time is up. note adds to a record what it
// tells, beyond its type and length; alerts in the clear are told anyway.
func (c *connection) provoke(raw []byte, note func(tlswire.Record, *evidence.Reacted)) {
	c.obs.Reaction = &evidence.Reaction{Sent: bytes.Clone(raw[:min(len(raw), keptOfAttack)])}
	c.heed(raw, note)
}

// provokeTwice sends first, and rest behind it unless the server has ended the connection meanwhile. What comes back before
// the rest was sent is marked as early.
func (c *connection) provokeTwice(ctx context.Context, first, rest []byte, pause time.Duration) {
	r := &evidence.Reaction{Sent: bytes.Clone(first[:min(len(first), keptOfAttack)])}
	c.obs.Reaction = r
	begun := time.Now()
	if _, err := c.conn.Write(first); err != nil {
		r.End, r.Early = endOf(err).Kind, true
		return
	}
	for until := begun.Add(pause); ; {
		err := c.waits(until)
		if endOf(err).Kind == evidence.EndTimeout {
			break
		}
		if err == nil {
			c.restart()
			err = c.heedRecord(nil)
		}
		if n := len(r.Records); n > 0 {
			r.Records[n-1].Early = true
		}
		if err != nil {
			r.Early, r.After = true, micros(time.Since(begun))
			c.slowest(r.After)
			r.End = cmp.Or(r.End, endOf(err).Kind)
			return
		}
	}
	if ctx.Err() == nil {
		c.heed(rest, nil)
	}
}

// heed sends raw and reads what comes back.
func (c *connection) heed(raw []byte, note func(tlswire.Record, *evidence.Reacted)) {
	begun := time.Now()
	c.restart()
	_, err := c.conn.Write(raw)
	for err == nil {
		err = c.heedRecord(note)
	}
	c.obs.Reaction.After = micros(time.Since(begun))
	c.obs.Reaction.End = cmp.Or(c.obs.Reaction.End, endOf(err).Kind)
}

// pause is how long a reaction to the first of two parts is waited for: a server needs milliseconds for its arithmetic, and its
// answer as long as the quickest to a hello took. One that took longer over its flight, or over such an answer already, gets three
// times that: the line is slow, or the server is busy.
func (c *connection) pause() time.Duration {
	slow := max(c.obs.Timing.Reply-c.obs.Timing.Ready, time.Duration(c.early.Load()))
	return min(max(time.Second/2+2*time.Duration(c.trip.Load()), 3*slow), c.cfg.timeout()/2)
}

// slowest keeps how long the server took for an early answer at most.
func (s *Session) slowest(d time.Duration) {
	for old := s.early.Load(); int64(d) > old && !s.early.CompareAndSwap(old, int64(d)); old = s.early.Load() {
	}
}

// patience is how long a server may take to react to something that it cannot misunderstand. It has just answered, so that silence
// is no matter of a slow start; and it has to be silent time and again before that says anything.
func (c *connection) patience() time.Duration {
	return min(3*time.Second+4*time.Duration(c.trip.Load()), c.cfg.timeout())
}

// restart gives what comes next the time of one reaction.
func (c *connection) restart() { _ = c.conn.SetDeadline(time.Now().Add(c.patience())) }

// waits returns nil once the server says something more, or how it ended the connection; a reset is told only once.
func (c *connection) waits(until time.Time) error {
	_ = c.conn.SetReadDeadline(until)
	_, err := c.records().r.Peek(1)
	return err
}

// maxReacted is how many records of a reaction are read.
const maxReacted = 32

// heedRecord reads one record of a reaction.
func (c *connection) heedRecord(note func(tlswire.Record, *evidence.Reacted)) error {
	if len(c.obs.Reaction.Records) == maxReacted {
		return errLimit
	}
	rec, err := c.records().next()
	if err != nil {
		return err
	}
	kept := evidence.Reacted{Type: rec.Type, Length: len(rec.Payload)}
	if a, err := tlswire.ParseAlert(rec.Payload); rec.Type == tlswire.ContentAlert && err == nil {
		kept.Alert = &a
		if a.Level == tlswire.AlertLevelFatal {
			c.obs.Reaction.End = evidence.EndAlert
		}
	}
	if note != nil {
		note(rec, &kept)
	}
	c.obs.Reaction.Records = append(c.obs.Reaction.Records, kept)
	if c.obs.Reaction.End != "" {
		return io.EOF // a server that keeps the connection open behind a fatal alert has nothing more to say
	}
	return nil
}

// records reads the records of the connection, in the clear or not.
func (c *connection) records() *recordReader {
	if c.in == nil {
		c.in = &recordReader{r: bufio.NewReaderSize(io.LimitReader(c.conn, maxReplyBytes), 4096)}
	}
	return c.in
}
