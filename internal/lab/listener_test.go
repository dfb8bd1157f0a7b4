package lab

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// A listener hears a program out, and hangs up when it has heard all that it wants: a client that comes to the end of its
// input leaves, whatever its server is about to say.
type listener struct {
	want  []string
	heard bytes.Buffer
	input io.Closer // the program's
}

// Write hears what the program says.
func (l *listener) Write(b []byte) (int, error) {
	l.heard.Write(b)
	if len(l.missing()) == 0 {
		_ = l.input.Close() // the second time it says so, which matters to nobody
	}
	return len(b), nil
}

// missing is what was not heard yet.
func (l *listener) missing() []string {
	var list []string
	for _, w := range l.want {
		if !bytes.Contains(l.heard.Bytes(), []byte(w)) {
			list = append(list, w)
		}
	}
	return list
}

// wantSaid runs a program, types say, and wants it to say all of want before it ends or time is up. The program may fail:
// it does where the script of its server ends.
func wantSaid(t *testing.T, say string, want []string, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), plenty)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{want: want, input: in}
	cmd.Stdout, cmd.Stderr = l, l
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(in, say)
	_ = cmd.Wait()
	if missing := l.missing(); len(missing) > 0 {
		t.Errorf("no %q in:\n%s", strings.Join(missing, ", "), l.heard.String())
	}
}
