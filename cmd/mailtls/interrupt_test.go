package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/mailtls/mailtls/internal/wireproxy"
)

// TestInterrupt sends the signals of Ctrl-C and of a system that goes down to a program in the middle of its scan: the first
// connection has told something, and the second gets no answer. What is known is still written, and the exit code says that
// it is not all.
func TestInterrupt(t *testing.T) {
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	server, err := l.start(context.Background(), "strong", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			second := make(chan struct{})
			proxy, err := wireproxy.Listen(t.Context(), wireproxy.Config{Target: server.Addr, Fault: func(n int) wireproxy.Fault {
				if n == 2 { // one at a time: the first has been read
					close(second)
				}
				return wireproxy.After(1, wireproxy.Silence)(n)
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer proxy.Close()
			var stdout, stderr bytes.Buffer
			cmd := exec.CommandContext(t.Context(), "mailtls", "scan", "--parallel", "1", "--timeout", "10m", "smtp://"+proxy.Addr())
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case <-second:
			case err := <-ended:
				t.Fatalf("it ended before the second connection: %v\n%s%s", err, stdout.String(), stderr.String())
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := <-ended; !errors.As(err, &exit) || exit.ExitCode() != exitIncomplete {
				t.Errorf("it ended with %v, want exit code %d", err, exitIncomplete)
			}
			for _, want := range []string{"INCOMPLETE", "smtp with STARTTLS", "versions      TLS 1.2\n", "Because: the scan was interrupted"} {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("no %q in the report:\n%s", want, stdout.String())
				}
			}
			if stderr.Len() > 0 {
				t.Errorf("standard error: %q", stderr.String())
			}
		})
	}
}
