package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

// TestGo runs the whole program on the one server that needs no other.
func TestGo(t *testing.T) {
	for _, args := range [][]string{{"-servers", "^go/", "-rtt", "0", "-json"}, {"-servers", "^go/", "-memory", "-json"}} {
		var out bytes.Buffer
		if err := run(t.Context(), args, &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		var r Result
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Scans {
			if s.Server != "go/tls" || s.Connections == 0 || s.Peak == 0 || s.Suites == 0 || s.BytesIn == 0 || s.Wall == 0 || len(s.Questions) == 0 {
				t.Errorf("nothing measured: %+v", s)
			}
		}
		for _, u := range r.Memory {
			if u.Connections == 0 || u.Bytes == 0 || u.Allocations == 0 || u.PeakHeap == 0 || u.JSON == 0 || u.Gzip == 0 || u.Gzip > u.JSON {
				t.Errorf("nothing measured: %+v", u)
			}
		}
		if len(r.Scans)+len(r.Memory)*2 != 2 {
			t.Errorf("%v: %d scans and %d measurements of memory", args, len(r.Scans), len(r.Memory))
		}
	}
}
