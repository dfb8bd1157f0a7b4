package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"
)

// MemoryUsage is what a full scan without a proxy takes in this process.
type MemoryUsage struct {
	Server      string `json:"server"`
	Connections int    `json:"connections"`
	Bytes       uint64 `json:"bytes"`       // allocated during the scan
	Allocations uint64 `json:"allocations"` // number of objects
	PeakHeap    uint64 `json:"peak_heap"`   // highest number of bytes in objects, above those before the scan
	JSON        int    `json:"json"`        // size of the evidence without spaces
	Indented    int    `json:"indented"`    // size of the report as the command line writes it
	Gzip        int    `json:"gzip"`        // size of JSON, compressed
	GzipReport  int    `json:"gzip_report"` // size of Indented, compressed
}

// The limits for the whole evidence of a Debian Postfix.
const mostJSON, mostGzip = 150_000, 25_000

// measureMemory scans e twice, because what the first scan keeps for the whole process belongs to no connection.
func (b *bench) measureMemory(ctx context.Context, e endpoint) error {
	cfg := mailtls.Config{Parallel: b.opt.parallel}
	if _, err := scanAt(ctx, e, e.addr, cfg); err != nil {
		return err
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	stop := watchHeap()
	r, err := scanAt(ctx, e, e.addr, cfg)
	peak := stop()
	runtime.ReadMemStats(&after)
	if err != nil {
		return err
	}
	u := MemoryUsage{Server: e.name, Connections: r.Endpoints[0].Cost.Connections, Bytes: after.TotalAlloc - before.TotalAlloc,
		Allocations: after.Mallocs - before.Mallocs, PeakHeap: peak - min(peak, before.HeapAlloc)}
	if err := u.weigh(r); err != nil {
		return err
	}
	b.result.Memory = append(b.result.Memory, u)
	return nil
}

// weigh measures the evidence in r.
func (u *MemoryUsage) weigh(r *report.Report) error {
	compact, err := json.Marshal(r.Endpoints[0].Endpoint)
	if err != nil {
		return fmt.Errorf("writing the evidence: %w", err)
	}
	var indented bytes.Buffer
	if err := report.WriteJSON(&indented, r); err != nil {
		return err
	}
	u.JSON, u.Indented = len(compact), indented.Len()
	if u.Gzip, err = gzipped(compact); err != nil {
		return err
	}
	u.GzipReport, err = gzipped(indented.Bytes())
	return err
}

func gzipped(b []byte) (int, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return 0, fmt.Errorf("compressing: %w", err)
	}
	return out.Len(), nil
}

// watchHeap looks at the size of the heap every few milliseconds, and returns the function that ends this and tells the
// highest.
func watchHeap() func() uint64 {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for highest := uint64(0); ; {
			metrics.Read(sample)
			highest = max(highest, sample[0].Value.Uint64())
			select {
			case <-ticker.C:
			case <-done:
				peak <- highest
				return
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-peak
	}
}

func writeMemory(w io.Writer, list []MemoryUsage) {
	fmt.Fprintln(w, "\nserver\tconns\tbytes/conn\tallocs/conn\tpeak heap\tevidence\tgzip\treport\tgzip\tlimits")
	for _, u := range list {
		n := uint64(max(u.Connections, 1))
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d kB\t%.1f kB\t%.1f kB\t%.1f kB\t%.1f kB\t%s\n", u.Server, u.Connections, u.Bytes/n, u.Allocations/n,
			u.PeakHeap/1000, kB(u.JSON), kB(u.Gzip), kB(u.Indented), kB(u.GzipReport), verdict(u.judge()))
	}
}

func kB(n int) float64 { return float64(n) / 1000 }

// judge returns the limits that u breaks.
func (u MemoryUsage) judge() []string {
	var marks []string
	if u.JSON > mostJSON {
		marks = append(marks, fmt.Sprintf("evidence > %d kB", mostJSON/1000))
	}
	if u.Gzip > mostGzip {
		marks = append(marks, fmt.Sprintf("gzip > %d kB", mostGzip/1000))
	}
	return marks
}
