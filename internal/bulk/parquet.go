package bulk

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
)

// rowsOfGroup is how many rows a Parquet file keeps in memory until they are written.
const rowsOfGroup = 20_000

// WriteParquet writes a table of [Row], one for each name of the list that nothing waits for, in its order, and returns how many it left out.
func (r *Run) WriteParquet(ctx context.Context, w io.Writer) (left int, err error) {
	err = WriteTable(w, func(add func(Row) error) error {
		left, err = r.EachRow(ctx, add)
		return err
	})
	return left, err
}

// WriteTable writes a table in Parquet of the rows that each adds.
func WriteTable(w io.Writer, each func(add func(Row) error) error) error {
	if err := writeTable(w, each); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	return nil
}

func writeTable[T any](w io.Writer, each func(add func(T) error) error) error {
	t := parquet.NewGenericWriter[T](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowsOfGroup))
	if err := each(func(row T) error {
		_, err := t.Write([]T{row})
		return err
	}); err != nil {
		return err
	}
	return t.Close()
}

// EndpointRow is an endpoint in flat columns.
type EndpointRow struct {
	Host        string    `parquet:"host"`
	Address     string    `parquet:"address"`
	Port        int       `parquet:"port"`
	Protocol    string    `parquet:"protocol"`
	Provider    string    `parquet:"provider"`
	At          time.Time `parquet:"at,timestamp"`
	Reachable   string    `parquet:"reachable"` // yes, no, unsure
	STARTTLS    string    `parquet:"starttls"`  // works, none, unknown; empty with implicit TLS
	Versions    string    `parquet:"versions"`  // that were seen, oldest first
	PFS         string    `parquet:"pfs"`
	Connections int       `parquet:"connections"`
	Seconds     float64   `parquet:"seconds"`
	Ended       string    `parquet:"ended"` // why the scan stopped before all was asked
}

// WriteEndpoints writes a table of [EndpointRow], one for each endpoint that was scanned.
func WriteEndpoints(j *journal.Journal, w io.Writer) error {
	return WriteEndpointTable(w, func(add func(*evidence.Endpoint, string) error) error {
		for last := int64(0); ; {
			list, err := j.Endpoints(last, page)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, v := range list {
				last = v.ID
				e, err := v.Evidence()
				if err == nil {
					err = add(e, v.Provider)
				}
				if err != nil {
					return err
				}
			}
		}
	})
}

// WriteEndpointTable writes a table of [EndpointRow] of the endpoints that each adds, with who provides them.
func WriteEndpointTable(w io.Writer, each func(add func(e *evidence.Endpoint, provider string) error) error) error {
	if err := writeTable(w, func(add func(EndpointRow) error) error {
		return each(func(e *evidence.Endpoint, provider string) error { return add(endpointRow(e, provider)) })
	}); err != nil {
		return fmt.Errorf("writing the endpoints: %w", err)
	}
	return nil
}

func endpointRow(e *evidence.Endpoint, provider string) EndpointRow {
	t := e.Target
	row := EndpointRow{Host: t.Host, Address: t.Address, Port: t.Port, Protocol: t.Protocol, Provider: provider, At: e.At,
		Reachable: evidence.Is(e.Facts.Reachable).String(), PFS: secrecy(&e.Facts), Connections: e.Cost.Connections, Seconds: e.Cost.Wall.Seconds(), Ended: e.Ended}
	if e.Facts.STARTTLS.State != evidence.Inapplicable {
		row.STARTTLS = map[string]string{"all": "works", "none": "none", "unknown": "unknown"}[upgrade(e.Facts.STARTTLS)]
	}
	var names []string
	for _, v := range e.Facts.Versions.Value {
		names = append(names, strings.ReplaceAll(v.String(), " ", ""))
	}
	row.Versions = strings.Join(names, " ")
	return row
}
