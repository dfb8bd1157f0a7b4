package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/web"
)

// liveRounds is how often each service of the Postfix is scanned, one after the other: a visitor may order ten scans at once.
const liveRounds = 3

// lived is how long after the order something was seen.
type lived struct{ page, first, verdict time.Duration }

// liveScan measures how soon whoever orders a quick scan of a Postfix sees its page, the first line of it, and the verdict.
func liveScan(ctx context.Context, stdout, stderr io.Writer) error {
	mail, err := realtest.Postfix{}.Start(ctx)
	if err != nil {
		return err
	}
	defer mail.Close()
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	db, err := store.Open(ctx, filepath.Join(folder, "mailtls.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	queue, err := jobs.Start(ctx, db, jobs.Config{Scan: mailtls.Config{AllowPrivate: true}, Workers: 4, Log: log})
	if err != nil {
		return err
	}
	defer func() { _ = queue.Stop(context.WithoutCancel(ctx)) }()
	services := mail.Services()
	pages, err := web.New(web.Config{Store: db, Queue: queue, Version: "bench", Log: log, Ports: web.Ports(portsOf(services))})
	if err != nil {
		return err
	}
	server := httptest.NewServer(pages)
	defer server.Close()
	var all []lived
	for range liveRounds {
		for protocol, addr := range services {
			l, err := live(ctx, server.URL, protocol+"://"+addr)
			if err != nil {
				return err
			}
			all = append(all, l)
		}
	}
	return writeLived(stdout, all)
}

func portsOf(services map[string]string) []uint16 {
	var out []uint16
	for _, addr := range services {
		out = append(out, netip.MustParseAddrPort(addr).Port())
	}
	return out
}

// live orders a scan as a browser does: it sends the form, is led to the page, has the events, and reads the page again when all is over.
func live(ctx context.Context, service, target string) (l lived, err error) {
	begun := time.Now()
	form := url.Values{"target": {target}}.Encode()
	path, err := ask(ctx, http.MethodPost, service+"/scans", strings.NewReader(form), func(string) {})
	if err != nil {
		return l, err
	}
	l.page = time.Since(begun)
	last := ""
	if _, err = ask(ctx, http.MethodGet, path+"/events", http.NoBody, func(line string) {
		if strings.HasPrefix(line, "event: step") && l.first == 0 {
			l.first = time.Since(begun)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			last = data
		}
	}); err != nil {
		return l, err
	}
	if last != `"done"` {
		return l, fmt.Errorf("the scan of %s ended with %s", target, last)
	}
	_, err = ask(ctx, http.MethodGet, path, http.NoBody, func(string) {})
	l.verdict = time.Since(begun)
	return l, err
}

// ask reads an answer by lines, and returns where it was led to.
func ask(ctx context.Context, method, at string, body io.Reader, read func(line string)) (path string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return "", err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", at, answer.Status)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		read(lines.Text())
	}
	return answer.Request.URL.String(), lines.Err()
}

// writeLived tells the times in the middle, and the longest.
func writeLived(w io.Writer, all []lived) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "%d quick scans of a Postfix, from the order to\tmiddle\tlongest\n", len(all))
	for _, kind := range []struct {
		name string
		of   func(lived) time.Duration
	}{
		{"its page", func(l lived) time.Duration { return l.page }},
		{"the first line of it", func(l lived) time.Duration { return l.first }},
		{"the report", func(l lived) time.Duration { return l.verdict }},
	} {
		var times []time.Duration
		for _, l := range all {
			times = append(times, kind.of(l))
		}
		slices.Sort(times)
		fmt.Fprintf(tw, "%s\t%v\t%v\n", kind.name, times[len(times)/2].Round(time.Millisecond), times[len(times)-1].Round(time.Millisecond))
	}
	return tw.Flush()
}
