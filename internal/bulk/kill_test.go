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
	"time"

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

// child reads a list, scans it or what is left of it, and tells of each name that the journal says it has, and of whatever it begins to look at.
func child(path string) error {
	j, err := journal.Create(path, "")
	if errors.Is(err, journal.ErrExists) {
		j, err = journal.Open(path)
	}
	if err != nil {
		return err
	}
	if err := readNames(j, killDomains); err != nil {
		return err
	}
	r := &Run{Journal: j, Workers: 4, Stages: telling(newWorld(killEndpoints).stages(nil))}
	return errors.Join(r.Scan(context.Background()), j.Close())
}

func endpointKey(t evidence.Target) string { return t.Host + "/" + t.Address }

var kills = flag.Int("kills", 3, "how often TestKill kills a scan")

// kept begins what a child tells of what the journal has.
const kept = "kept "

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
		told := startChild(t, path, after)
		now := finished(t, path)
		for _, what := range told {
			switch isKept := strings.HasPrefix(what, kept); {
			case isKept && !now[what]:
				t.Errorf("kill %d lost what the journal had said it had: %s", i, what)
			case !isKept && done[what]:
				t.Errorf("after kill %d: %s again", i, what)
			}
		}
		for what := range done {
			if !now[what] {
				t.Errorf("kill %d lost %s", i, what)
			}
		}
		done = now
	}
	checkWhole(t, path, killDomains, killEndpoints)
}

// hung is after how long a child that has not ended is taken to hang. It does its work in seconds.
const hung = 2 * time.Minute

// startChild runs a child and kills it when it has told of so many things (-1: never). It returns of what it told.
func startChild(t *testing.T, path string, kill int) (told []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hung)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0])
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
		told = append(told, lines.Text())
		if len(told) == kill {
			_ = c.Process.Kill()
			_, _ = io.Copy(io.Discard, out)
			break
		}
	}
	err = c.Wait()
	if ctx.Err() != nil {
		t.Fatalf("the child hung after it had told of %d things: %s", len(told), stderr.String())
	}
	if (err != nil) != (kill >= 0 && len(told) >= kill) {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return told
}

// finished is what a journal has: names, and domains and endpoints that nothing waits for.
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
		done[kept+d.Name] = true
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

// checkWhole wants a journal to have everything, once.
func checkWhole(t *testing.T, path string, domains, endpoints int) {
	t.Helper()
	j, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	c, err := j.Counts()
	if err != nil || c.Domains != domains || c.DomainsWaiting+c.EndpointsWaiting != 0 || c.Endpoints != endpoints {
		t.Errorf("%+v, %v", c, err)
	}
	n := 0
	r := &Run{Journal: j, Stages: newWorld(endpoints).stages(t)}
	left, err := r.EachRow(t.Context(), func(row Row) error {
		if row.Domain != fmt.Sprintf("d%d.test", n) || row.Relays != 2 {
			t.Errorf("%d: %+v", n, row)
		}
		n++
		return nil
	})
	if n != domains || left != 0 || err != nil {
		t.Errorf("%d rows, %d left out, %v", n, left, err)
	}
}
