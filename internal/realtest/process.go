package realtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// startLimit bounds how long a server may take until it listens, on a busy machine.
const startLimit = 3 * time.Minute

// quitLimit bounds how long one may take that is asked to end itself.
const quitLimit = 30 * time.Second

// A launch is a server about to be run.
type launch struct {
	name     string
	program  string // as in Lookup
	args     []string
	env      []string // added to this process's
	dir      string
	services map[string]string
	logs     []string // files it writes besides stdout and stderr
	// quit, if set, is the signal by which it ends itself; else it is killed.
	quit os.Signal
	// answer, if set, gives what to write to its stdin for each line of its stdout.
	answer func(line string) string
}

// memory is where Linux keeps files in memory.
const memory = "/dev/shm"

// folder makes a server's folder. Servers that change their user must be able to enter it. It is in memory if it can be:
// mail servers wait for their disk, and where others write much at once one has not greeted for half a minute.
func folder(name string) (string, error) {
	if dir, err := folderIn(memory, name); err == nil {
		return dir, nil
	}
	return folderOnDisk(name)
}

// folderOnDisk is folder for servers that write more than there is memory.
func folderOnDisk(name string) (string, error) { return folderIn("", name) }

func folderIn(parent, name string) (string, error) {
	dir, err := os.MkdirTemp(parent, "realtest-"+name+"-")
	if err != nil {
		return "", fmt.Errorf("making a folder for %s: %w", name, err)
	}
	return dir, os.Chmod(dir, 0o755)
}

// run starts the program and returns when all services listen. Whatever happens, nothing is left when it fails.
func (l launch) run(ctx context.Context) (*Server, error) {
	path, err := Lookup(l.program)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var out output
	cmd := exec.CommandContext(ctx, path, l.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.dir, &out, &out
	cmd.Env = append(os.Environ(), l.env...)
	stdin, err := openInput(cmd)
	if err == nil {
		if l.answer != nil {
			cmd.Stdout = &conversation{log: &out, in: stdin, answer: l.answer}
		}
		isolate(cmd)
		if l.quit != nil {
			cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(l.quit) }, quitLimit
		}
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("starting %s: %w", l.name, err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		killGroup(cmd)
		close(exited)
	}()
	s := &Server{Name: l.name, Dir: l.dir, services: l.services, ended: exited, log: func() string { return out.String() + readAll(l.logs) }}
	s.stop = func() {
		cancel()
		<-exited
		_ = stdin.Close()
	}
	if err := awaitListeners(ctx, l.services, exited); err != nil {
		s.stop()
		return nil, fmt.Errorf("starting %s: %w\n%s", l.name, err, s.Log())
	}
	return s, nil
}

// openInput gives cmd a standard input that never ends: openssl s_server hangs up on its client at the end of its own.
func openInput(cmd *exec.Cmd) (*input, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdin = r
	return &input{w, r}, nil
}

// input is both ends of a pipe.
type input struct {
	*os.File
	reader *os.File
}

// Close closes both ends.
func (i *input) Close() error { return errors.Join(i.File.Close(), i.reader.Close()) }

// awaitListeners asks again and again; no server tells its parent in a way common to all.
func awaitListeners(ctx context.Context, services map[string]string, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		missing := notListening(services)
		if len(missing) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-exited:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("not listening on %s: %w", strings.Join(missing, ", "), ctx.Err())
		}
	}
}

// output is a buffer that is written while it is read.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write appends.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

// String is everything so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// readAll joins files; one that is not there yet is empty.
func readAll(files []string) string {
	var all strings.Builder
	for _, f := range files {
		b, _ := os.ReadFile(f)
		all.Write(b)
	}
	return all.String()
}

// rootFor says why a server that changes its user cannot be run here, if so.
func rootFor(program string) error {
	if _, err := Lookup(program); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return &MissingError{program, "it can only be started by root"}
	}
	return nil
}

// prepare makes a server's folder, with what configure puts into it, and chooses its ports on host. Nothing is left when it
// fails.
func prepare(name, host string, configure func(dir string, services map[string]string) error, services ...string) (dir string, addrs map[string]string, err error) {
	return prepareIn(folder, name, host, configure, services...)
}

// prepareIn is prepare with the folder that inside makes.
func prepareIn(inside func(name string) (string, error), name, host string, configure func(dir string, services map[string]string) error, services ...string) (dir string, addrs map[string]string, err error) {
	if dir, err = inside(name); err != nil {
		return "", nil, err
	}
	if addrs, err = addressesOn(host, services...); err == nil {
		err = configure(dir, addrs)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
	}
	return dir, addrs, err
}

// start runs what prepare makes ready.
func start(ctx context.Context, prepare func() (launch, error)) (*Server, error) {
	return retry(func() (*Server, error) {
		l, err := prepare()
		if err != nil {
			return nil, err
		}
		return l.runOrRemove(ctx)
	})
}

// runOrRemove is run, and removes the folder when that fails.
func (l launch) runOrRemove(ctx context.Context) (*Server, error) {
	s, err := l.run(ctx)
	if err != nil {
		_ = os.RemoveAll(l.dir)
		return nil, err
	}
	return s, nil
}
