package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// runBulk scans the domains of a list.
func (a *app) runBulk(ctx context.Context, f *scanFlags) error {
	if err := f.bulkContradiction(); err != nil {
		return usageError{err}
	}
	if err := f.listThere(); err != nil {
		return usageError{err}
	}
	cfg := f.config()
	cfg.Quick, cfg.NoGuesses, cfg.FactsOnly = !f.bulk.full, !f.bulk.full, true
	stages, err := mailtls.NewStages(ctx, cfg)
	if err != nil {
		return err
	}
	j, err := f.openJournal(cfg)
	if err != nil {
		return err
	}
	if err := a.checkList(f, j); err != nil {
		return errors.Join(err, j.Close())
	}
	run := &bulk.Run{Journal: j, Stages: bulkStages(stages), Limits: f.bulk.limits(f.parallel.value), Workers: f.bulk.workers.value}
	return a.bulkEnded(f, errors.Join(a.scanList(ctx, f, run), j.Close()))
}

// bulkEnded says how to go on after an end that is not the usual one.
func (a *app) bulkEnded(f *scanFlags, err error) error {
	_, usage := errors.AsType[usageError](err)
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(a.stderr, "mailtls: interrupted. What is finished is kept in %s: the same command with --resume goes on.\n", report.Escape(f.journalPath()))
		return errIncomplete
	case err != nil && !usage:
		first := ""
		if errors.Is(err, journal.ErrFull) || errors.Is(err, syscall.ENOSPC) {
			first = "make room, and "
		}
		return fmt.Errorf("%w\nWhat is finished is kept in %s: %sthe same command with --resume goes on", err, report.Escape(f.journalPath()), first)
	}
	return err
}

func bulkStages(s *mailtls.Stages) bulk.Stages {
	return bulk.Stages{Targets: s.Targets, Report: s.Report,
		Discover: func(ctx context.Context, name string, admit bulk.AdmitWeb) (*evidence.Domain, error) {
			return s.Discover(ctx, name, admit)
		},
		Scan: func(ctx context.Context, t evidence.Target, admit func(context.Context) (func(), error)) (*evidence.Endpoint, error) {
			return s.ScanTarget(ctx, t, admit)
		}}
}

// scanList reads the list, scans, and writes what came of it.
func (a *app) scanList(ctx context.Context, f *scanFlags, run *bulk.Run) error {
	if err := a.readList(ctx, f, run.Journal); err != nil {
		return err
	}
	show := a.newBulkProgress()
	run.Progress = show.tell
	if err := run.Scan(ctx); err != nil {
		show.clear()
		return err
	}
	show.clear()
	return a.writeBulk(ctx, f, run)
}

// writeBulk writes the results in the form that the user chose.
func (a *app) writeBulk(ctx context.Context, f *scanFlags, run *bulk.Run) error {
	left := 0
	err := a.toFile(f.output.file.value, func(w io.Writer) (err error) {
		switch f.output.format.value {
		case "jsonl":
			left, err = run.WriteJSONL(ctx, w)
		case parquet:
			left, err = run.WriteParquet(ctx, w)
		default:
			left, err = a.writeSummary(ctx, w, run)
		}
		return err
	})
	if err == nil && f.output.format.value == parquet {
		err = a.toFile(endpointsFile(f.output.file.value), func(w io.Writer) error { return bulk.WriteEndpoints(run.Journal, w) })
	}
	if err == nil && left > 0 {
		err = errIncomplete
	}
	return err
}

// endpointsFile is where the table of endpoints goes beside that of domains.
func endpointsFile(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".endpoints" + ext
}

// toFile has write write to a file, or to the program's output if path is empty. The file takes its place when it is whole, unless it is
// something else than a file.
func (a *app) toFile(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	if path == "" {
		return buffered(a.stdout, write)
	}
	if err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("the results cannot be written: %w", err)
		}
		return errors.Join(buffered(file, write), file.Close())
	}
	part := path + ".part"
	file, err := os.Create(part)
	if err != nil {
		return fmt.Errorf("the results cannot be written: %w", err)
	}
	if err := errors.Join(buffered(file, write), file.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("the results cannot be written: %w", err)
	}
	return nil
}
