package bulk

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
)

// childVariable names the journal to a child process of TestKill, which is this program again.
const childVariable = "MAILTLS_TEST_BULK_JOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		if err := child(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const killDomains, killEndpoints = 400, 150

// child reads a list, scans it or what is left of it, and tells of whatever it begins.
func child(path string) error {
	j, err := journal.Create(path, "")
	if errors.Is(err, journal.ErrExists) {
		j, err = journal.Open(path)
	}
	if err != nil {
		return err
	}
	if _, whole, err := j.Whole(); err != nil {
		return err
	} else if !whole {
		for _, e := range names(killDomains) {
			fmt.Println("read", e.Name)
			if _, err := j.Add([]journal.Entry{e}); err != nil {
				return err
			}
		}
		if err := j.SetWhole(""); err != nil {
			return err
		}
	}
	w := newWorld(killEndpoints)
	r := &Run{Journal: j, Workers: 4, Stages: w.stages(nil)}
	r.Stages.Discover = func(ctx context.Context, name string) (*evidence.Domain, error) {
		fmt.Println("domain", name)
		return w.discover(ctx, name)
	}
	r.Stages.Scan = func(ctx context.Context, t evidence.Target, admit func(context.Context) (func(), error)) (*evidence.Endpoint, error) {
		fmt.Println("endpoint", endpointKey(t))
		return w.scan(ctx, t, admit)
	}
	return errors.Join(r.Scan(context.Background()), j.Close())
}

func endpointKey(t evidence.Target) string { return t.Host + "/" + t.Address }

var kills = flag.Int("kills", 3, "how often TestKill kills a scan")

// TestKill kills a scan at random moments and lets it go on: what was in the journal is never looked at again, nothing is lost, and in the
// end all is there once.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	done := map[string]bool{}
	for i := range *kills + 1 {
		last := i == *kills
		after := 1 + rand.IntN(2*(killDomains+killEndpoints)/(*kills+1))
		if last {
			after = -1
		}
		for _, begun := range startChild(t, path, after) {
			if done[begun] {
				t.Errorf("after kill %d: %s again", i, begun)
			}
		}
		now := finished(t, path)
		for what := range done {
			if !now[what] {
				t.Errorf("kill %d lost %s", i, what)
			}
		}
		done = now
	}
	checkWhole(t, path)
}

// startChild runs a child and kills it when it has told of so many things (-1: never). It returns of what it told.
func startChild(t *testing.T, path string, kill int) (begun []string) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVariable+"="+path)
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		begun = append(begun, lines.Text())
		if len(begun) == kill {
			_ = c.Process.Kill()
			_, _ = io.Copy(io.Discard, out)
			break
		}
	}
	if err := c.Wait(); (err != nil) != (kill >= 0 && len(begun) >= kill) {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return begun
}

// finished is what a journal has: domains and endpoints that nothing waits for.
func finished(t *testing.T, path string) map[string]bool {
	t.Helper()
	done := map[string]bool{}
	j, err := journal.OpenRead(path)
	if errors.Is(err, journal.ErrNone) || errors.Is(err, journal.ErrOther) { // killed before it was one
		return done
	}
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	list, err := j.Domains(0, 10*killDomains)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if e, err := d.Evidence(); err != nil {
			t.Error(err)
		} else if e != nil {
			done["domain "+d.Name] = true
		}
	}
	visited, err := j.Endpoints(0, 10*killEndpoints)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visited {
		e, err := v.Evidence()
		if err != nil {
			t.Fatal(err)
		}
		done["endpoint "+endpointKey(e.Target)] = true
	}
	return done
}

func checkWhole(t *testing.T, path string) {
	t.Helper()
	j, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	c, err := j.Counts()
	if err != nil || c.Domains != killDomains || c.DomainsWaiting+c.EndpointsWaiting != 0 || c.Endpoints != killEndpoints {
		t.Errorf("%+v, %v", c, err)
	}
	n := 0
	r := &Run{Journal: j, Stages: newWorld(killEndpoints).stages(t)}
	left, err := r.EachRow(t.Context(), func(row Row) error {
		if row.Domain != fmt.Sprintf("d%d.test", n) || row.Relays != 2 {
			t.Errorf("%d: %+v", n, row)
		}
		n++
		return nil
	})
	if n != killDomains || left != 0 || err != nil {
		t.Errorf("%d rows, %d left out, %v", n, left, err)
	}
}
