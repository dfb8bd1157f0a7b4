package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// fake is an app whose scans are made up.
func fake(scan func(context.Context, string, *mailtls.Config) (*report.Report, error)) (*app, *bytes.Buffer, *bytes.Buffer) {
	var stdout, stderr bytes.Buffer
	return &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, scan: scan}, &stdout, &stderr
}

func execute(a *app, ctx context.Context, args ...string) error {
	cmd := a.root()
	cmd.SetArgs(args)
	return cmd.ExecuteContext(ctx)
}

// scanned is a report on target about which nothing is known.
func scanned(t *testing.T, target string) *report.Report {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Error(err)
		return nil
	}
	parsed, err := mailtls.ParseTarget(target)
	if err != nil {
		t.Error(err)
		return nil
	}
	run := evidence.Run{Start: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Args: []string{target}}
	return report.Build(evidence.Tool{Name: "mailtls"}, run, p, &evidence.Endpoint{Target: parsed})
}

func TestScanMergesInTheOrderOfTargets(t *testing.T) {
	var mu sync.Mutex
	busy := make(map[string]bool)
	a, stdout, _ := fake(func(_ context.Context, target string, _ *mailtls.Config) (*report.Report, error) {
		parsed, _ := mailtls.ParseTarget(target)
		mu.Lock()
		if busy[parsed.Host] {
			t.Errorf("two scans of %s at the same time", parsed.Host)
		}
		busy[parsed.Host] = true
		mu.Unlock()
		defer func() {
			mu.Lock()
			busy[parsed.Host] = false
			mu.Unlock()
		}()
		return scanned(t, target), nil
	})
	targets := []string{"smtp://a.example", "imap://b.example", "imaps://a.example", "smtp://c.example", "pop3://a.example"}
	err := execute(a, t.Context(), append([]string{"scan", "--format", "json"}, targets...)...)
	if !errors.Is(err, errIncomplete) {
		t.Errorf("error %v, want incomplete", err)
	}
	r, err := report.ReadJSON(stdout)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range r.Endpoints {
		got = append(got, e.Target.Input)
	}
	if !slices.Equal(got, targets) {
		t.Errorf("got %v", got)
	}
}

// TestTargetsShareLimits scans two names, which may be of one address.
func TestTargetsShareLimits(t *testing.T) {
	var mu sync.Mutex
	gates := make(map[*mailtls.Gates]bool)
	a, _, _ := fake(func(_ context.Context, target string, cfg *mailtls.Config) (*report.Report, error) {
		mu.Lock()
		defer mu.Unlock()
		gates[cfg.Gates] = true
		return scanned(t, target), nil
	})
	_ = execute(a, t.Context(), "scan", "smtp://a.example", "imaps://b.example")
	if len(gates) != 1 || gates[nil] {
		t.Errorf("sets of limits: %v, want one", gates)
	}
}

func TestScanTellsErrorsBesideResults(t *testing.T) {
	a, stdout, _ := fake(func(_ context.Context, target string, _ *mailtls.Config) (*report.Report, error) {
		if strings.Contains(target, "lost") {
			return nil, errors.New("no such host")
		}
		return scanned(t, target), nil
	})
	err := execute(a, t.Context(), "scan", "smtp://lost.example", "smtp://there.example")
	if err == nil || !strings.Contains(err.Error(), "smtp://lost.example: no such host") || exitCode(err, discard{}) != exitIncomplete {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(stdout.String(), "there.example:25") {
		t.Errorf("the other result is missing:\n%s", stdout)
	}
}

// TestScanStopsWithWhatIsKnown cancels a scan, as Ctrl-C does: the report of what is known is still written.
func TestScanStopsWithWhatIsKnown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a, stdout, stderr := fake(func(ctx context.Context, target string, _ *mailtls.Config) (*report.Report, error) {
		cancel()
		<-ctx.Done()
		r := scanned(t, target)
		r.Endpoints[0].Ended = "you stopped it"
		return r, nil
	})
	if err := execute(a, ctx, "scan", "smtp://a.example"); !errors.Is(err, errIncomplete) {
		t.Errorf("error %v, want incomplete", err)
	}
	if !strings.Contains(stdout.String(), "The scan stopped early: you stopped it") {
		t.Errorf("the report does not say so:\n%s", stdout)
	}
	if stderr.Len() > 0 {
		t.Errorf("progress without a terminal: %q", stderr)
	}
}

func TestScanFlagsReachTheConfig(t *testing.T) {
	var got mailtls.Config
	a, _, _ := fake(func(_ context.Context, target string, cfg *mailtls.Config) (*report.Report, error) {
		got = *cfg
		return scanned(t, target), nil
	})
	_ = execute(a, t.Context(), "scan", "--timeout", "3s", "--max-connections", "7", "--parallel", "2", "--delay", "1s", "-6",
		"--ip", "[2001:db8::1]", "--sni", "a.example", "--helo", "me.example", "--passive", "--quick", "--evidence", "facts", "--allow-private", "smtp://b.example")
	got.Events = nil
	want := mailtls.Config{
		Timeout: 3 * time.Second, MaxConnections: 7, Parallel: 2, Delay: time.Second, IPVersion: 6, IP: "2001:db8::1",
		ServerName: "a.example", Helo: "me.example", Passive: true, Quick: true, FactsOnly: true, AllowPrivate: true,
	}
	if !equalConfig(got, want) {
		t.Errorf("got %+v", got)
	}
}

// TestGreetingsGetMoreTime scans without --timeout: the library's own limits hold, which are patient with greetings.
func TestGreetingsGetMoreTime(t *testing.T) {
	timeout := time.Hour
	a, _, _ := fake(func(_ context.Context, target string, cfg *mailtls.Config) (*report.Report, error) {
		timeout = cfg.Timeout
		return scanned(t, target), nil
	})
	_ = execute(a, t.Context(), "scan", "smtp://b.example")
	if timeout != 0 {
		t.Errorf("timeout %v", timeout)
	}
}

func equalConfig(a, b mailtls.Config) bool {
	return a.Timeout == b.Timeout && a.MaxConnections == b.MaxConnections && a.Parallel == b.Parallel && a.Delay == b.Delay &&
		a.IPVersion == b.IPVersion && a.IP == b.IP && a.ServerName == b.ServerName && a.Helo == b.Helo &&
		a.Passive == b.Passive && a.Quick == b.Quick && a.FactsOnly == b.FactsOnly && a.AllowPrivate == b.AllowPrivate
}

// TestOutputKeepsTheOldReport has a scan fail: the file of an earlier report stays as it was.
func TestOutputKeepsTheOldReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("old ", 5000)), 0o644); err != nil {
		t.Fatal(err)
	}
	fail := true
	a, stdout, _ := fake(func(_ context.Context, target string, _ *mailtls.Config) (*report.Report, error) {
		if fail {
			return nil, errors.New("no such host")
		}
		return scanned(t, target), nil
	})
	_ = execute(a, t.Context(), "scan", "-o", path, "smtp://a.example")
	if b, _ := os.ReadFile(path); !strings.HasPrefix(string(b), "old old") {
		t.Error("a failed scan wiped the file")
	}
	fail = false
	_ = execute(a, t.Context(), "scan", "-o", path, "smtp://a.example")
	if b, _ := os.ReadFile(path); !strings.HasPrefix(string(b), "a.example:25") || strings.Contains(string(b), "old old") || stdout.Len() > 0 {
		t.Errorf("the file holds %.80q, standard output %d bytes", b, stdout.Len())
	}
}

// TestOutputIntoAPipe writes to a file that is none, which cannot be wiped first.
func TestOutputIntoAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, _, _ := fake(nil)
	o := &output{flags: &outputFlags{format: choice{value: "json"}}, file: w}
	read := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		read <- string(b)
	}()
	err = o.write(a, scanned(t, "smtp://a.example"))
	o.close()
	if got := <-read; err != nil || !strings.Contains(got, "smtp://a.example") {
		t.Errorf("error %v, wrote %.80q", err, got)
	}
}

func TestDemoServersExist(t *testing.T) {
	for _, name := range demoServers() {
		if !slices.Contains(labNames(), name) {
			t.Errorf("the lab has no %q", name)
		}
	}
}
