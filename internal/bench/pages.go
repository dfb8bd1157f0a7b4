package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/web"
)

// visitTime is how long visitors ask for pages.
const visitTime = 10 * time.Second

// visitors are how many of them ask at once.
func visitors() []int { return []int{1, 8} }

// manyPages measures how soon the service shows one of many stored reports, asked on this machine by visitors that share its processors.
func manyPages(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	database := filepath.Join(folder, "mailtls.db")
	if opt.postgres {
		s, err := realtest.PostgreSQL{OnDisk: true}.Start(ctx)
		if err != nil {
			return err
		}
		defer s.Close()
		database = s.DatabaseURL("postgres")
	}
	db, err := store.Open(ctx, database)
	if err != nil {
		return err
	}
	defer db.Close()
	f := filling{database: database, postgres: opt.postgres, total: opt.reports}
	begun := time.Now()
	if err := f.fill(ctx, db, stderr); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%d reports of %d bytes in the database, filled in %.0f s\n", opt.reports, f.bytes, time.Since(begun).Seconds())
	return showPages(ctx, db, opt.reports, stdout)
}

// showPages serves the reports, and has them asked for: one and the same, then any.
func showPages(ctx context.Context, db *store.Store, reports int, stdout io.Writer) error {
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.Start(ctx, db, jobs.Config{Log: log})
	if err != nil {
		return err
	}
	defer func() { _ = queue.Stop(ctx) }()
	pages, err := web.New(web.Config{Store: db, Queue: queue, Version: "bench", Log: log})
	if err != nil {
		return err
	}
	server := httptest.NewServer(pages)
	defer server.Close()
	tw := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "which\tvisitors\tpages\tpages/s\tp50\tp99\tlongest")
	for _, kind := range []struct {
		name   string
		choose func() int
	}{
		{"the same", func() int { return 0 }},
		{"any", func() int { return rand.IntN(reports) }}, //nolint:gosec // nothing secret
	} {
		for _, n := range visitors() {
			took, err := visit(ctx, server.URL, n, kind.choose)
			if err != nil {
				return err
			}
			slices.Sort(took)
			at := func(share float64) time.Duration {
				return took[int(share*float64(len(took)-1))].Round(100 * time.Microsecond)
			}
			fmt.Fprintf(tw, "%s\t%d\t%d\t%.0f\t%v\t%v\t%v\n", kind.name, n, len(took), float64(len(took))/visitTime.Seconds(), at(0.5), at(0.99), at(1))
		}
	}
	return tw.Flush()
}

// visit has n visitors ask for one report after the other, and returns how long each took.
func visit(ctx context.Context, url string, n int, choose func() int) ([]time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n}}
	defer client.CloseIdleConnections()
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		all    []time.Duration
		failed error
	)
	end := time.Now().Add(visitTime)
	for range n {
		wg.Go(func() {
			var took []time.Duration
			var err error
			for err == nil && time.Now().Before(end) {
				begun := time.Now()
				err = look(ctx, client, url+"/scans/"+numbered(choose()))
				took = append(took, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			if all = append(all, took...); err != nil && failed == nil {
				failed = err
				cancel()
			}
		})
	}
	wg.Wait()
	return all, failed
}

func look(ctx context.Context, c *http.Client, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Encoding", "gzip") // as it comes: what a browser does with it would take the time of the service's processors here
	answer, err := c.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}
