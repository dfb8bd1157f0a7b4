package store

import (
	"context"
	"database/sql"
)

// row is what [sql.Row] and [sql.Rows] have in common.
type row interface{ Scan(...any) error }

// collect reads all rows of a query, unless that has failed.
func collect[T any](rows *sql.Rows, err error, read func(row) (*T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, *one)
	}
	return list, rows.Err()
}

// texts are those of the rows of one column.
func texts(rows *sql.Rows, err error) ([]string, error) {
	return collect(rows, err, func(r row) (*string, error) {
		var text string
		return &text, r.Scan(&text)
	})
}

// inTx does something whole or not at all.
func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // without effect once it is committed
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
