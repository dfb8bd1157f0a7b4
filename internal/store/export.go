package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/parquet-go/parquet-go"
)

// WriteJSONL writes the report of every scan that is done, one on a line, from the one that was asked for first.
func (s *Store) WriteJSONL(ctx context.Context, w io.Writer) error {
	return s.Each(ctx, func(scan *Scan) error {
		if scan.State != Done {
			return nil
		}
		text, err := s.reportJSON(ctx, scan.ID)
		if err != nil {
			return err
		}
		line, err := oneLineJSON(text)
		if err == nil {
			_, err = w.Write(line)
		}
		return err
	})
}

// oneLineJSON is JSON in one line, with its end.
func oneLineJSON(text []byte) ([]byte, error) {
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return nil, fmt.Errorf("a stored report: %w", err)
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}

// ScanRow is a scan in flat columns. Verdict and grade are those of the whole, empty if it failed; why says then what of.
type ScanRow struct {
	ID          string    `parquet:"id"`
	Target      string    `parquet:"target"`
	Quick       bool      `parquet:"quick"`
	State       string    `parquet:"state"` // done, failed
	Why         string    `parquet:"why"`
	Asked       time.Time `parquet:"asked,timestamp"`
	Begun       time.Time `parquet:"begun,timestamp"`
	Ended       time.Time `parquet:"ended,timestamp"`
	Verdict     string    `parquet:"verdict"`
	Grade       string    `parquet:"grade"`
	AtBest      string    `parquet:"at_best"` // where there is no grade, and it is known
	Connections int       `parquet:"connections"`
}

// rowsOfGroup is how many rows a Parquet file keeps in memory until they are written.
const rowsOfGroup = 20_000

// WriteParquet writes a table of [ScanRow], one for each scan that is over, from the one that was asked for first.
func (s *Store) WriteParquet(ctx context.Context, w io.Writer) error {
	t := parquet.NewGenericWriter[ScanRow](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowsOfGroup))
	err := s.Each(ctx, func(scan *Scan) error {
		row := ScanRow{ID: scan.ID, Target: scan.Target, Quick: scan.Quick, State: string(scan.State), Why: scan.Why, Asked: scan.Asked, Begun: scan.Begun,
			Ended: scan.Ended, Grade: scan.Grade, AtBest: scan.AtBest, Connections: scan.Connections}
		if scan.State == Done {
			row.Verdict = scan.Verdict.String()
		}
		_, err := t.Write([]ScanRow{row})
		return err
	})
	if err != nil {
		return err
	}
	return t.Close()
}
