package realtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/agree"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// A weakServer is a configuration with which something is wrong.
type weakServer struct {
	name    string
	service string            // that is scanned
	lines   []string          // the configuration; DIR is the server's folder
	files   map[string]string // that lines speak of, by their names in DIR
	cert    badCert           // instead of a good certificate
	want    []string          // findings that a scan must have before, among others
	stays   []string          // findings that no setting of the server can end
	full    bool              // a quick scan does not tell which software it is

	optional bool // Postfix: TLS is not required where users log in
}

// A patient is a weak server that runs, and how to treat it.
type patient struct {
	addr  string
	apply func(t *testing.T, lines []string) // does what the report says, and starts the server anew
	use   func(t *testing.T)                 // delivers or logs in, as users do
}

// An ailing is a software with weak servers of it.
type ailing struct {
	software string // as in package fix
	weak     []weakServer
	start    func(*testing.T, weakServer) patient
	foreign  *regexp.Regexp    // labels of lines for other versions or builds than this machine's
	never    map[string]string // findings that fixes are there for and no server here can be made to have, and why
}

func ailings() []ailing {
	return []ailing{
		{"postfix", weakPostfixes(), startWeakPostfix, regexp.MustCompile(`^Postfix before `), neverPostfix()},
		{"dovecot", weakDovecots(), startWeakDovecot, regexp.MustCompile(`^Dovecot (2\.4 and newer|before 2\.3)`), neverDovecot()},
		{"exim", weakExims(), startWeakExim, regexp.MustCompile(`built with OpenSSL`), neverExim()},
	}
}

// TestFixes scans weak servers, does what the report says, and scans again: what was wrong is gone, nothing new came, and
// a client still gets through.
func TestFixes(t *testing.T) {
	if testing.Short() {
		t.Skip("scans dozens of servers twice")
	}
	t.Parallel()
	for _, a := range ailings() {
		t.Run(a.software, func(t *testing.T) {
			for _, w := range a.weak {
				t.Run(w.name, func(t *testing.T) {
					t.Parallel()
					w.heal(t, a.start(t, w), a.foreign)
				})
			}
		})
	}
}

func (w weakServer) heal(t *testing.T, p patient, foreign *regexp.Regexp) {
	before := w.scan(t, p.addr)
	for _, id := range w.want {
		if !slices.Contains(before.wrong, id) {
			t.Fatalf("the scan does not find %s, only %v; open: %v\n%s", id, before.wrong, before.open, before.page)
		}
	}
	w.compare(t, p.addr, before.endpoint)
	fix := printed(before.page, foreign)
	p.apply(t, fix)
	after := w.scan(t, p.addr)
	rest := slices.DeleteFunc(slices.Concat(after.wrong, after.open), func(id string) bool { return slices.Contains(w.stays, id) })
	if len(rest) > 0 {
		t.Errorf("before the fix: %v, after it: %v\nthe fix:\n%s\nthe report after it:\n%s", before.wrong, rest,
			strings.Join(fix, "\n"), after.page)
	}
	p.use(t)
}

// spoil writes the files of a weak server into dir and returns the lines of its configuration. Those for the files of the
// certificate and its key are formats.
func (w weakServer) spoil(t *testing.T, dir, certLine, keyLine string) []string {
	t.Helper()
	for name, text := range w.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lines := slices.Clone(w.lines)
	if w.cert != "" {
		cert, key := writeBadCert(t, dir, w.cert)
		lines = append(lines, fmt.Sprintf(certLine, cert), fmt.Sprintf(keyLine, key))
	}
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, "DIR", dir)
	}
	return lines
}

// scanLimit bounds a scan of a server that does not answer.
const scanLimit = 3 * time.Minute

// compare scans the server once more, in the other way, and wants the same judgement.
func (w weakServer) compare(t *testing.T, addr string, first report.Endpoint) {
	t.Helper()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	other := w
	other.full = !w.full
	quick, full := first, other.scan(t, addr).endpoint
	if w.full {
		quick, full = full, quick
	}
	for _, wrong := range agree.Differences(quick, full, mail) {
		t.Error("quick scan: " + wrong)
	}
}

// A diagnosis is what a scan finds.
type diagnosis struct {
	endpoint    report.Endpoint
	wrong, open []string // checks that warn or fail; those that are undecided
	page        string   // the report as text
}

// scan scans the server as w says.
func (w weakServer) scan(t *testing.T, addr string) diagnosis {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(addr)
	ctx, cancel := context.WithTimeout(t.Context(), scanLimit)
	defer cancel()
	r, err := mailtls.Scan(ctx, w.service+"://"+Host+":"+port, &mailtls.Config{IP: host, Quick: !w.full, Roots: roots, Skip: attackIDs()})
	if err != nil {
		t.Fatal(err)
	}
	d := diagnosis{endpoint: r.Endpoints[0]}
	for _, f := range r.Endpoints[0].Findings {
		switch {
		case f.Level >= check.Warn:
			d.wrong = append(d.wrong, f.Check)
		case f.Level == check.Undecided:
			d.open = append(d.open, f.Check)
		}
	}
	var b strings.Builder
	if err := report.WriteText(&b, r, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	d.page = b.String()
	return d
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
