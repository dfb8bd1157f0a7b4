// Mailtls verifies that mail servers are protected, and tells what to change where they are not.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"

	_ "golang.org/x/crypto/x509roots/fallback" // whom to trust where the system knows nobody, as in an image of this program alone
)

// The exit codes.
const (
	exitDone       = 0
	exitFindings   = 1 // findings at or above the level of --fail-on
	exitUsage      = 2 // the command line is wrong
	exitIncomplete = 3 // something could not be scanned, or not wholly
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	os.Exit(exitCode(err, os.Stderr))
}

// run is the whole program, with the world as parameters.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) error {
	out := &watched{Writer: stdout}
	a := &app{env: env, stdin: stdin, stdout: out, stderr: stderr, scan: mailtls.Scan}
	cmd := a.root()
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err != nil && !a.started {
		err = usageError{err}
	}
	var usage usageError
	switch wrong := errors.As(err, &usage); {
	case wrong && forNagios(args):
		fmt.Fprintf(stdout, "MAILTLS UNKNOWN - %v\n", err)
		return pluginError{report.PluginUnknown}
	case !wrong && out.failed() != nil:
		return fmt.Errorf("the output cannot be written: %w", out.failed())
	}
	return err
}

// watched remembers the first error of a writer, so that no command need look after every line that it prints. Servers of the
// lab tell of their clients while the command goes on.
type watched struct {
	io.Writer
	mu  sync.Mutex
	err error
}

func (w *watched) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.Writer.Write(b)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errIncomplete says that the report, which tells the reasons, is not whole.
var errIncomplete = errors.New("not everything could be scanned")

// exitCode tells the user about err, if the output has not told it, and returns the code for it.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	var found findingsError
	var plugin pluginError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &found):
		if found.error != nil {
			fmt.Fprintf(stderr, "mailtls: %v\n", found)
		}
		return exitFindings
	case errors.As(err, &plugin):
		return int(plugin.status)
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "mailtls: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "mailtls: %v\n", err)
	return exitIncomplete
}
