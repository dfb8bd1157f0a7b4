package realtest

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/report"
)

// A weakServer is a configuration with which something is wrong.
type weakServer struct {
	name    string
	service string   // that is scanned
	lines   []string // the configuration
	cert    badCert  // instead of a good certificate
	want    []string // findings that a scan must have before, among others
	full    bool     // a quick scan does not tell
}

// A patient is a weak server that runs, and how to treat it.
type patient struct {
	addr  func() string
	apply func(t *testing.T, lines []string) // does what the report says, and starts the server anew
	use   func(t *testing.T)                 // delivers or logs in, as users do
}

var allFixes = flag.Bool("all-fixes", false, "try the fixes of all weak servers, not of one of each kind")

// TestFixes scans weak servers, does what the report says, and scans again: what was wrong is gone, nothing new came, and
// a client still gets through.
func TestFixes(t *testing.T) {
	if testing.Short() {
		t.Skip("scans dozens of servers twice")
	}
	for _, kind := range []struct {
		name    string
		weak    []weakServer
		start   func(*testing.T, weakServer) patient
		foreign *regexp.Regexp // labels of lines for other versions or builds than this machine's
	}{
		{"postfix", weakPostfixes(), startWeakPostfix, regexp.MustCompile(`^Postfix before `)},
		{"dovecot", weakDovecots(), startWeakDovecot, regexp.MustCompile(`^Dovecot (2\.4 and newer|before 2\.3)`)},
		{"exim", weakExims(), startWeakExim, regexp.MustCompile(`built with OpenSSL`)},
	} {
		t.Run(kind.name, func(t *testing.T) {
			for i, w := range kind.weak {
				if i > 0 && !*allFixes {
					break
				}
				t.Run(w.name, func(t *testing.T) { w.heal(t, kind.start(t, w), kind.foreign) })
			}
		})
	}
}

func (w weakServer) heal(t *testing.T, p patient, foreign *regexp.Regexp) {
	before, page := w.scan(t, p.addr())
	for _, id := range w.want {
		if !slices.Contains(before, id) {
			t.Fatalf("the scan does not find %s, only %v\n%s", id, before, page)
		}
	}
	p.apply(t, printed(page, foreign))
	after, again := w.scan(t, p.addr())
	if len(after) > 0 {
		t.Errorf("before the fix: %v, after it: %v\nthe fix:\n%s\nthe report after it:\n%s", before, after,
			strings.Join(printed(page, foreign), "\n"), again)
	}
	p.use(t)
}

// scanLimit bounds a scan of a server that does not answer.
const scanLimit = time.Minute

// scan returns the checks that are not passed, undecided ones but for those that only a full scan decides included, and
// the report as text.
func (w weakServer) scan(t *testing.T, addr string) (wrong []string, page string) {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(addr)
	ctx, cancel := context.WithTimeout(t.Context(), scanLimit)
	defer cancel()
	r, err := mailtls.Scan(ctx, w.service+"://"+Host+":"+port, &mailtls.Config{IP: host, Quick: !w.full, Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Endpoints[0].Findings {
		open := f.Level == check.Undecided && (w.full || !strings.Contains(f.Message, "a full scan does that"))
		if f.Level >= check.Warn || open {
			wrong = append(wrong, f.Check)
		}
	}
	var b strings.Builder
	if err := report.WriteText(&b, r, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return wrong, b.String()
}

// printed are the lines of a report that are to be copied, without those for other versions or builds. A label of such
// lines stands two columns before them and ends in a colon.
func printed(page string, foreign *regexp.Regexp) []string {
	var lines []string
	skip := false
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		copied := strings.TrimPrefix(line, strings.Repeat(" ", 10))
		label := strings.TrimPrefix(line, strings.Repeat(" ", 8))
		switch {
		case copied != line && !strings.HasPrefix(copied, " "):
			if !skip {
				lines = append(lines, copied)
			}
		case label != line && strings.HasSuffix(label, ":"):
			skip = foreign.MatchString(label)
		default:
			skip = false
		}
	}
	return lines
}

// goodCertificate puts the files of a good certificate where a line has those of Let's Encrypt.
func goodCertificate(line, dir string) string {
	return strings.NewReplacer("/etc/letsencrypt/live/"+Host+"/fullchain.pem", dir+"/rsa.crt",
		"/etc/letsencrypt/live/"+Host+"/privkey.pem", dir+"/rsa.key").Replace(line)
}

// rewrite changes a file of a server's configuration.
func rewrite(t *testing.T, file string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(change(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// restart ends a server and runs it again on the same ports.
func restart(t *testing.T, s *Server, l launch) *Server {
	t.Helper()
	s.stop()
	again, err := l.run(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(fmt.Errorf("after the fix: %w", err))
	}
	t.Cleanup(func() {
		again.stop()
		if t.Failed() {
			t.Logf("log after a restart:\n%s", again.Log())
		}
	})
	return again
}
