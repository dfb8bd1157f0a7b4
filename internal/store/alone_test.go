package store

import (
	"errors"
	"testing"
)

// TestAlone wants one program to serve from a SQLite file, until it has closed it, and any number from PostgreSQL.
func TestAlone(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		one, two := open(t, database), open(t, database)
		do(t, one.Alone())
		if err := two.Alone(); errors.Is(err, ErrInUse) == one.numbered {
			t.Errorf("a second program: %v", err)
		}
		do(t, one.Close())
		do(t, two.Alone())
	})
}
