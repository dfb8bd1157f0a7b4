package store

import (
	"context"
	"database/sql"
	"fmt"
)

// What an account may have watched.
const (
	MaxUnproven = 5   // targets, in all its monitors together, whose domains have not shown that it may watch them
	MaxMonitors = 100 // monitors
)

// UnprovenError says that an account would watch more targets than [MaxUnproven] whose domains have not shown that it may.
type UnprovenError struct {
	Targets []string // those of the monitor that was to be kept
	Others  int      // how many there are in other monitors of the account
}

func (e *UnprovenError) Error() string {
	return fmt.Sprintf("%d targets are not proven to be of this account, and %d more in other monitors: up to %d may be", len(e.Targets), e.Others, MaxUnproven)
}

// roomForMonitor holds an account, unless it has as many monitors as it may have.
func (s *Store) roomForMonitor(ctx context.Context, tx *sql.Tx, owner string) error {
	if err := s.hold(ctx, tx, owner); err != nil || owner == "" {
		return err
	}
	var n int
	if err := tx.QueryRowContext(ctx, s.say("SELECT count(*) FROM monitors WHERE owner = ?"), owner).Scan(&n); err != nil {
		return err
	}
	if n >= MaxMonitors {
		return fmt.Errorf("an account has up to %d monitors: %w", MaxMonitors, ErrTooMany)
	}
	return nil
}

// prove notes which targets of a monitor are proven to be of its account, which is held, and wants few that are not.
func (s *Store) prove(ctx context.Context, tx *sql.Tx, m *Monitor, proven []string) error {
	if m.Owner == "" {
		return nil
	}
	for _, target := range proven {
		if _, err := tx.ExecContext(ctx, s.say("UPDATE watches SET proven = ? WHERE monitor = ? AND target = ?"), true, m.ID, target); err != nil {
			return err
		}
	}
	wrong := new(UnprovenError)
	if err := tx.QueryRowContext(ctx, s.say("SELECT count(*) FROM watches w JOIN monitors m ON m.id = w.monitor WHERE m.owner = ? AND m.id <> ? AND NOT w.proven"),
		m.Owner, m.ID).Scan(&wrong.Others); err != nil {
		return err
	}
	var err error
	wrong.Targets, err = texts(tx.QueryContext(ctx, s.say("SELECT target FROM watches WHERE monitor = ? AND NOT proven ORDER BY target"), m.ID))
	if err == nil && len(wrong.Targets)+wrong.Others > MaxUnproven {
		return wrong
	}
	return err
}
