package realtest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A ward is a server that can be run anew, on its ports, after its configuration was changed.
type ward struct {
	launch
	running *Server
}

// admit runs a server whose configuration spoil has changed.
func admit(t *testing.T, prepare func() (launch, error), spoil func(*launch)) *ward {
	t.Helper()
	w := new(ward)
	var err error
	w.running, err = start(context.WithoutCancel(t.Context()), func() (launch, error) {
		l, err := prepare()
		if err == nil {
			spoil(&l)
			w.launch = l
		}
		return l, err
	})
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(func() {
		w.running.stop()
		if t.Failed() {
			t.Logf("log of %s:\n%s", w.name, w.running.Log())
		}
		w.running.Close()
	})
	return w
}

// restart ends the server and runs it again.
func (w *ward) restart(t *testing.T) {
	t.Helper()
	w.running.stop()
	w.leave(t)
	again, err := w.run(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatalf("after the fix: %v", err)
	}
	w.running = again
}

// leave waits until nobody listens on the ports: what a server has started may outlive it by a moment.
func (w *ward) leave(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(notListening(w.services)) < len(w.services) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s still listens after its end", w.name)
		}
	}
}

// addr is where a service listens.
func (w *ward) addr(service string) string { return w.services[service] }

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

// goodCertificate puts the files of a good certificate where a line has those of Let's Encrypt.
func goodCertificate(line, dir string) string {
	return strings.NewReplacer("/etc/letsencrypt/live/"+Host+"/fullchain.pem", filepath.Join(dir, "rsa.crt"),
		"/etc/letsencrypt/live/"+Host+"/privkey.pem", filepath.Join(dir, "rsa.key")).Replace(line)
}
