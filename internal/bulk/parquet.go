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
	t := parquet.NewGenericWriter[Row](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowsOfGroup))
	left, err = r.EachRow(ctx, func(row Row) error {
		_, err := t.Write([]Row{row})
		return err
	})
	if err == nil {
		err = t.Close()
	}
	if err != nil {
		return left, fmt.Errorf("writing the results: %w", err)
	}
	return left, nil
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
	t := parquet.NewGenericWriter[EndpointRow](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowsOfGroup))
	for last := int64(0); ; {
		list, err := j.Endpoints(last, page)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return t.Close()
		}
		for _, v := range list {
			last = v.ID
			e, err := v.Evidence()
			if err == nil {
				_, err = t.Write([]EndpointRow{endpointRow(e, v.Provider)})
			}
			if err != nil {
				return fmt.Errorf("writing the endpoints: %w", err)
			}
		}
	}
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
