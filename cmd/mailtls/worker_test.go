package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

var postgresql = realtest.Shared{Starter: realtest.PostgreSQL{}}

// program is a mailtls that goes on.
type program struct {
	*exec.Cmd
	first string // line that it says
	said  strings.Builder
	ended chan error
}

// begin runs a mailtls until it has said a line, and until the end of the test.
func begin(t *testing.T, args ...string) *program {
	t.Helper()
	p := launch(t, args...)
	if p.first == "" {
		t.Fatalf("mailtls %s ended with %v: %s", args, <-p.ended, p.said.String())
	}
	return p
}

// launch is begin for one that may end without a word.
func launch(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{Cmd: exec.CommandContext(t.Context(), "mailtls", args...), ended: make(chan error, 1)}
	p.Stderr = &p.said
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	p.first = lines.Text()
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.Wait()
	}()
	return p
}

// lateTo ends a program that did not do in time what was waited for, and tells its log.
func (p *program) lateTo(t *testing.T, what string, err error) {
	t.Helper()
	_ = p.Process.Kill()
	<-p.ended
	t.Fatalf("it did not %s: %v: %s", what, err, p.said.String())
}

// end ends a program as a system does that goes down, and wants it to end well. It may have warned, as of a database that was slow.
func (p *program) end(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := <-p.ended; err != nil || strings.Contains(p.said.String(), "level=ERROR") {
		t.Errorf("%s ended with %v: %s", p.Args, err, p.said.String())
	}
}

// order has a service scan target, and returns the path of the scan in its API.
func order(t *testing.T, service, target string) (path string) {
	t.Helper()
	res, err := http.Post(service+"/api/v1/scans", "application/json", strings.NewReader(`{"target":"`+target+`"}`)) //nolint:gosec,noctx // our own, and the test ends anyway
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if path = res.Header.Get("Location"); res.StatusCode != http.StatusCreated || path == "" {
		text, _ := io.ReadAll(res.Body)
		t.Fatalf("%s: %s", res.Status, text)
	}
	return path
}

// read returns what a service has at path.
func read(t *testing.T, service, path string) string {
	t.Helper()
	res, err := http.Get(service + path) //nolint:gosec,noctx // our own, and the test ends anyway
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", path, res.Status, err, text)
	}
	return string(text)
}

// TestWorkers has a service without scans of its own, and two workers. The one that scans is killed; the other makes the scan anew,
// whoever watches it sees it through, and there is one report.
func TestWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("runs three programs, none of them under the race detector")
	}
	database := realtest.Database(t, postgresql.Use(t))
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	server, err := l.start(context.Background(), "strong", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stuck, once, killed := make(chan struct{}), sync.Once{}, atomic.Bool{}
	proxy, err := wireproxy.Listen(t.Context(), wireproxy.Config{Target: server.Addr, Fault: func(n int) wireproxy.Fault {
		if n == 1 || killed.Load() {
			return wireproxy.None
		}
		once.Do(func() { close(stuck) })
		return wireproxy.Silence
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	_, port, err := net.SplitHostPort(proxy.Addr())
	if err != nil {
		t.Fatal(err)
	}
	may := []string{"--database", database, "--allow-private", "127.0.0.0/8", "--allow-port", port}
	serves := begin(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--workers", "0"}, may...)...)
	service := strings.TrimSuffix(strings.TrimPrefix(serves.first, "mailtls serves "), "; Ctrl-C ends it.")
	dies := begin(t, append([]string{"worker", "--workers", "2"}, may...)...)
	path := order(t, service, "smtp://"+proxy.Addr())
	<-stuck
	lives := begin(t, append([]string{"worker"}, may...)...)
	if again := order(t, service, "smtp://"+proxy.Addr()); again != path {
		t.Errorf("ordered again: %s is not %s", again, path)
	}
	if err := dies.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-dies.ended
	killed.Store(true)
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE workers SET alive_ms = alive_ms - 61000 WHERE id = (SELECT worker FROM scans)"); err != nil { // a minute passes
		t.Fatal(err)
	}
	events := read(t, service, "/scans/"+path[strings.LastIndexByte(path, '/')+1:]+"/events") // until it is over
	if !strings.Contains(events, "event: step\n") || !strings.HasSuffix(events, "event: over\ndata: \"done\"\n\n") {
		t.Errorf("whoever watched saw:\n%s", events)
	}
	var scan struct{ State, Verdict, Report string }
	if err := json.Unmarshal([]byte(read(t, service, path)), &scan); err != nil || scan.State != "done" || scan.Verdict == "incomplete" {
		t.Errorf("at the end: %+v, %v", scan, err)
	}
	if err := followsSchema([]byte(read(t, service, scan.Report))); err != nil {
		t.Errorf("the report: %v", err)
	}
	var scans, tries, living int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*), sum(tries), (SELECT count(*) FROM workers) FROM scans").Scan(&scans, &tries, &living); err != nil ||
		scans != 1 || tries != 2 || living != 1 {
		t.Errorf("%d scans, begun %d times, and %d workers; error %v", scans, tries, living, err)
	}
	lives.end(t)
	serves.end(t)
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM workers").Scan(&living); err != nil || living != 0 {
		t.Errorf("%d workers after the end, error %v", living, err)
	}
}
