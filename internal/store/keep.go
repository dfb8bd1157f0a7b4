package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// walkAt is how many scans [Store.Each] reads at a time.
const walkAt = 500

// Each calls do with every scan that is over, from the one that was asked for first. Those that end meanwhile may be among them, or not.
func (s *Store) Each(ctx context.Context, do func(*Scan) error) error {
	for after, id := int64(-1), ""; ; {
		list, err := s.list(ctx, columns+" WHERE asked_ms >= ? AND (asked_ms > ? OR id > ?) ORDER BY asked_ms, id LIMIT ?", after, after, id, walkAt)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if !list[i].Over() {
				continue
			}
			if err := do(&list[i]); err != nil {
				return err
			}
		}
		last := list[len(list)-1]
		after, id = last.Asked.UnixMilli(), last.ID
	}
}

// LastDone returns the last scan of a target that has a report, or ErrNone.
func (s *Store) LastDone(ctx context.Context, target string) (*Scan, error) {
	return one(s.queryRow(ctx, columns+" WHERE target = ? AND state = 'done' ORDER BY asked_ms DESC, id DESC LIMIT 1", target))
}

// pruneAt is how many scans [Store.Prune] removes in one transaction, so that nobody waits long for it.
const pruneAt = 200

// Prune removes the scans that ended before a time, but for the last of each target that has a report, and returns how many.
func (s *Store) Prune(ctx context.Context, before time.Time) (removed int64, err error) {
	return s.prune(ctx, before, func() error { return nil })
}

// prune calls between before each transaction, and ends when that fails.
func (s *Store) prune(ctx context.Context, before time.Time, between func() error) (removed int64, err error) {
	for {
		if err := between(); err != nil {
			return removed, err
		}
		n, err := s.change(ctx, `DELETE FROM scans WHERE id IN (SELECT s.id FROM scans s WHERE s.state IN ('done', 'failed') AND s.asked_ms < ? AND s.ended_ms < ?
			AND EXISTS (SELECT 1 FROM scans t WHERE t.target = s.target AND t.state = 'done' AND (t.asked_ms > s.asked_ms OR t.asked_ms = s.asked_ms AND t.id > s.id)
				OR s.state = 'failed' AND t.id = s.id) LIMIT ?)`, before.UnixMilli(), before.UnixMilli(), pruneAt)
		removed += n
		if err != nil || n < pruneAt {
			return removed, err
		}
	}
}

// pruning is what a program holds, in the place of an address, while it removes old scans.
const pruning = "old scans"

// PruneAlone is Prune of what is older than keep by the clock of the database, if no other program is at it: then ok is false. The program
// is noted as one that lives meanwhile, so that what it holds is free a minute after it has died.
func (s *Store) PruneAlone(ctx context.Context, keep time.Duration) (removed int64, ok bool, err error) {
	if err := s.removeGone(ctx); err != nil {
		return 0, false, err
	}
	me, err := s.AddWorker(ctx)
	if err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, s.resign(ctx, me)) }()
	if ok, _, err = s.Hold(ctx, me, pruning); err != nil || !ok {
		return 0, false, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return 0, true, err
	}
	removed, err = s.prune(ctx, now.Add(-keep), func() error { return s.Alive(ctx, me) })
	return removed, true, err
}

// resignTime is how long the database may take to forget a program that ends: others notice in a minute, and nobody is to wait for that.
const resignTime = 5 * time.Second

// resign is RemoveWorker for what has ended, or is to end.
func (s *Store) resign(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), resignTime)
	defer cancel()
	return s.RemoveWorker(ctx, id)
}

// removeGone forgets programs that are gone, where there may be no worker who does.
func (s *Store) removeGone(ctx context.Context) error {
	return s.exec(ctx, removeGone+s.now+" - ?", GoneAfter.Milliseconds())
}

// Backup copies a SQLite file to path, where nothing may be, as it is at one moment, while it is used. Nobody else can read the
// copy, and there is none where it fails.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.numbered {
		return errors.New("PostgreSQL has a program of its own for that: pg_dump")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", path)
	}
	part := path + ".part" // so that nobody takes what broke off for a copy
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, privateMode) // SQLite fills an empty file, and would let all read one of its own
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}
