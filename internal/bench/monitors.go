package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// monitorWorkers is how many scans mailtls serve makes at once.
const monitorWorkers = 4

// manyMonitors measures whether many monitors keep their schedule, and what that takes. Each looks every hour at a server of its own, of
// another process, so that processor and memory are the service's alone; first looks are spread over the hour.
func manyMonitors(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	servers, err := startBulkServers(ctx, opt.monitors, stderr)
	if err != nil {
		return err
	}
	defer servers.stop()
	path := filepath.Join(folder, "mailtls.db")
	db, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	raw, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer raw.Close()
	w := &watching{monitors: opt.monitors, period: opt.period, port: servers.port, raw: raw}
	if err := w.add(ctx, db); err != nil {
		return err
	}
	if err := w.run(ctx, db, stderr); err != nil {
		return err
	}
	return w.write(ctx, stdout)
}

// watching is what is measured.
type watching struct {
	monitors, port int
	period         time.Duration
	raw            *sql.DB
	begun          time.Time
	cpu            time.Duration
}

// add makes the monitors, the looks of which are due one after the other over an hour.
func (w *watching) add(ctx context.Context, db *store.Store) error {
	for n := range w.monitors {
		m := &store.Monitor{Name: fmt.Sprintf("mx%d", n), Targets: []string{fmt.Sprintf("smtp://%s:%d", serverAddress(n), w.port)}, Every: time.Hour, Quick: true, Policy: policy.Mail}
		if err := db.AddMonitor(ctx, m, time.Now()); err != nil {
			return err
		}
	}
	w.begun = time.Now()
	_, err := w.raw.ExecContext(ctx, `CREATE TABLE wanted AS SELECT target, $1 + (row_number() OVER (ORDER BY target) - 1) * 3600000 / $2 AS due_ms FROM watches`,
		w.begun.UnixMilli(), w.monitors)
	if err == nil {
		_, err = w.raw.ExecContext(ctx, "UPDATE watches SET due_ms = (SELECT wanted.due_ms FROM wanted WHERE wanted.target = watches.target)")
	}
	return err
}

// run has the service watch for the period.
func (w *watching) run(ctx context.Context, db *store.Store, stderr io.Writer) error {
	before := processorTime()
	q, err := jobs.Start(ctx, db, jobs.Config{Scan: mailtls.Config{Allow: nil, AllowPrivate: true, FactsOnly: true}, Workers: monitorWorkers,
		Watch: &jobs.Watch{Hooks: channel.NewHooks(nil)}, Log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	select {
	case <-time.After(w.period):
	case <-ctx.Done():
	}
	w.cpu = processorTime() - before
	return q.Stop(context.WithoutCancel(ctx))
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// write tells how long after it was due each look was over.
func (w *watching) write(ctx context.Context, stdout io.Writer) error {
	var due, twice, failed int
	until := w.begun.Add(w.period).UnixMilli()
	for query, to := range map[string]*int{
		"SELECT count(*) FROM wanted WHERE due_ms <= $1":                                                           &due,
		"SELECT count(*) FROM (SELECT target FROM scans WHERE asked_ms <= $1 GROUP BY target HAVING count(*) > 1)": &twice,
		"SELECT count(*) FROM scans WHERE state = 'failed' AND asked_ms <= $1":                                     &failed,
	} {
		if err := w.raw.QueryRowContext(ctx, query, until).Scan(to); err != nil {
			return err
		}
	}
	late, err := w.lateness(ctx)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "monitors\t%d\teach hourly, watched for %v\n", w.monitors, w.period)
	fmt.Fprintf(tw, "looks due\t%d\t%d made, %d twice, %d failed\n", due, len(late), twice, failed)
	if len(late) > 0 {
		at := func(share float64) time.Duration { return late[int(share*float64(len(late)-1))] }
		fmt.Fprintf(tw, "over after due\t%v\tp99 %v, longest %v\n", at(0.5), at(0.99), at(1))
	}
	fmt.Fprintf(tw, "processor\t%.1f %%\tof one\n", 100*w.cpu.Seconds()/w.period.Seconds())
	fmt.Fprintf(tw, "peak memory\t%.0f MB\n", float64(peakMemory())/1e6)
	return tw.Flush()
}

// lateness is how long after it was due each scan was over, the shortest first.
func (w *watching) lateness(ctx context.Context) ([]time.Duration, error) {
	rows, err := w.raw.QueryContext(ctx, "SELECT min(s.ended_ms) - wanted.due_ms FROM wanted JOIN scans s ON s.target = wanted.target WHERE s.state = 'done' GROUP BY wanted.target, wanted.due_ms")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var late []time.Duration
	for rows.Next() {
		var ms int64
		if err := rows.Scan(&ms); err != nil {
			return nil, err
		}
		late = append(late, time.Duration(ms)*time.Millisecond)
	}
	slices.Sort(late)
	return late, rows.Err()
}
