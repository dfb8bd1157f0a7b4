package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/web"
)

// startService serves what mailtls serve does, and may scan port on this machine; resolvers are asked about domains.
func startService(t *testing.T, port uint16, resolvers ...string) *httptest.Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ports := web.Ports([]uint16{port})
	queue, err := jobs.Start(t.Context(), db, jobs.Config{Workers: 1, Log: log, Scan: mailtls.Config{Resolvers: resolvers, DNSSEC: "off", Allow: web.Allow([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, ports)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = queue.Stop(context.WithoutCancel(t.Context())) })
	pages, err := web.New(web.Config{Store: db, Queue: queue, Ports: ports, Version: "test", Log: log, Hooks: channel.NewHooks(nil)})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(pages)
	t.Cleanup(s.Close)
	return s
}

func remotely(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := execute(&app{stdin: strings.NewReader(""), stdout: &out, stderr: &out}, t.Context(), append([]string{"remote"}, args...)...)
	return out.String(), err
}

// TestRemote has a service scan a server of the lab.
func TestRemote(t *testing.T) {
	port := startLabs(t)[0]
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	s := startService(t, uint16(n))
	target := "submission://127.0.0.1:" + port
	out, err := remotely(t, "--server", s.URL, "--policy", "rfc9325", target)
	if !strings.Contains(out, "127.0.0.1") || !strings.Contains(out, "rfc9325") || exitCode(err, &bytes.Buffer{}) == exitUsage {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := remotely(t, "--server", s.URL, "--format", "json", target); !strings.Contains(out, `"schema"`) {
		t.Errorf("%v: %.200s", err, out)
	}
	for args, want := range map[string]string{
		"smtp://127.0.0.1:22": "port 22 is none of mail", "smtp://127.1": "is no IPv4 address", "..": "has no scheme",
	} {
		if out, err := remotely(t, "--server", s.URL, args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q: %s", args, err, want, out)
		}
	}
}

// TestRemoteRefused wants to be told what is wrong with a service.
func TestRemoteRefused(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"no service": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") }, "is it mailtls serve?"},
		"an error":   {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no \x1b[31m", http.StatusTeapot) }, "it answered 418"},
		"a problem": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"detail":"too many\u001b[31m","errors":[{"message":"wait"}]}`)
		}, `too many\x1B[31m: wait`},
		"a failed scan": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":"X","state":"failed","why":"so"}`) }, "could not scan a.test: so"},
		"no report": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"id":"X","state":"done","report":"/r"}`)
		}, "the report of scan X"},
	} {
		s := httptest.NewServer(c.answer)
		out, err := remotely(t, "--server", s.URL, "a.test")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q: %s", name, err, c.want, out)
		}
		s.Close()
	}
	if _, err := remotely(t, "--server", "ftp://x", "a.test"); exitCode(err, &bytes.Buffer{}) != exitUsage {
		t.Error(err)
	}
}

// TestRemoteUnreached says what to do about a service that cannot be asked.
func TestRemoteUnreached(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	_, err := remotely(t, "--server", strings.Replace(s.URL, "https", "http", 1), "a.test")
	if err == nil || !strings.Contains(err.Error(), "it answered 400 Bad Request: it may want https://") {
		t.Errorf("http:// where there is https://: %v", err)
	}
	u := newWhom()
	closed := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	const hint = "--server names another than this one, which is the default"
	if err := (&service{base: u.server.value}).unreached(closed); !strings.Contains(err.Error(), "connection refused: "+hint) {
		t.Errorf("nothing at the default: %v", err)
	}
	_, err = remotely(t, "--server", "http://127.0.0.1:1", "a.test")
	if err == nil || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), hint) {
		t.Errorf("nothing at another: %v", err)
	}
}

// TestRemoteWaits asks again when the service says, and not for ever.
func TestRemoteWaits(t *testing.T) {
	for name, c := range map[string]struct {
		after       string
		times       int
		asked, told int
		want        string
	}{
		"twice":       {"0", 2, 3, 2, "could not scan a.test: so"},
		"too long":    {"121", 1, 1, 0, "many scans"},
		"no telling":  {"", 1, 1, 0, "many scans"},
		"not a time":  {"soon", 1, 1, 0, "many scans"},
		"by the hour": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), 1, 1, 0, "many scans"},
		"just over":   {time.Now().UTC().Format(http.TimeFormat), 1, 2, 1, "could not scan a.test: so"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				asked = append(asked, string(body))
				if len(asked) <= c.times {
					if c.after != "" {
						w.Header().Set("Retry-After", c.after)
					}
					w.WriteHeader(http.StatusTooManyRequests)
					fmt.Fprint(w, `{"detail":"many scans"}`)
					return
				}
				fmt.Fprint(w, `{"id":"X","state":"failed","why":"so"}`)
			}))
			defer s.Close()
			out, err := remotely(t, "--server", s.URL, "a.test")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(out, "many scans: waiting for 1s, to ask again") != c.told {
				t.Errorf("%v, want %q: %s", err, c.want, out)
			}
			if len(asked) != c.asked || asked[0] != asked[len(asked)-1] || !strings.Contains(asked[0], "a.test") {
				t.Errorf("asked %q", asked)
			}
		})
	}
}

// TestRemoteWaitsToRead asks again also for what is read.
func TestRemoteWaitsToRead(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprint(w, "the results")
	}))
	defer s.Close()
	if out, err := remotely(t, "campaign", "export", "--server", s.URL, "X"); err != nil || !strings.HasSuffix(out, "\nthe results") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestRemoteCampaign has a service scan a list, and takes what came of it.
func TestRemoteCampaign(t *testing.T) {
	port := startLabs(t)[0]
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	s := startService(t, uint16(n), startDNS(t, []string{port}))
	list, results := filepath.Join(t.TempDir(), "list.txt"), filepath.Join(t.TempDir(), "results.jsonl")
	if err := os.WriteFile(list, []byte("d0.test\nd1.test\nno_domain\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := remotely(t, "campaign", "submit", "--server", s.URL, "--name", "ours", "--policy", "rfc9325", list)
	id, page, _ := strings.Cut(out, "\n")
	if err != nil || !strings.HasPrefix(page, s.URL+"/campaigns/"+id) || !strings.Contains(out, "1 line of the list") {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := remotely(t, "campaign", "watch", "--server", s.URL, id); err != nil || !strings.Contains(out, "done: 3 of 3 names finished") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := remotely(t, "campaign", "export", "--server", s.URL, "-o", results, id); err != nil || out != "" {
		t.Errorf("%v: %s", err, out)
	}
	text, err := os.ReadFile(results)
	if lines := strings.Split(string(text), "\n"); err != nil || len(lines) != 4 || !strings.Contains(lines[0], `"d0.test"`) || !strings.Contains(lines[2], `"invalid"`) {
		t.Errorf("%v: %.500s", err, text)
	}
	if out, err := remotely(t, "campaign", "export", "--server", s.URL, "--format", "csv", id); err != nil || !strings.HasPrefix(out, "domain,line,") {
		t.Errorf("%v: %s", err, out)
	}
	for args, want := range map[string]string{"watch X": "no such campaign", "export X": "no such campaign", "submit /nowhere": "the list cannot be read", "submit -": "no name of a domain"} {
		if out, err := remotely(t, slices.Concat([]string{"campaign", strings.Fields(args)[0], "--server", s.URL}, strings.Fields(args)[1:])...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q: %s", args, err, want, out)
		}
	}
}
