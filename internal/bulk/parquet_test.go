package bulk

import (
	"bytes"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestParquet reads the tables again.
func TestParquet(t *testing.T) {
	r := newRun(t, newWorld(5), 20)
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var domains, endpoints bytes.Buffer
	if left, err := r.WriteParquet(t.Context(), &domains); left != 0 || err != nil {
		t.Fatal(left, err)
	}
	if err := WriteEndpoints(r.Journal, &endpoints); err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.Read[Row](bytes.NewReader(domains.Bytes()), int64(domains.Len()))
	if err != nil || len(rows) != 20 || rows[3].Domain != "d3.test" || rows[3].Line != 4 || rows[3].At.Unix() != 1e9 {
		t.Errorf("%+v, %v", rows, err)
	}
	of, err := parquet.Read[EndpointRow](bytes.NewReader(endpoints.Bytes()), int64(endpoints.Len()))
	if err != nil || len(of) != 5 || of[0].Port != 25 || of[0].Connections != 3 || of[0].Provider == "" {
		t.Errorf("%+v, %v", of, err)
	}
}
