package servetls

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/certmagic"
	"github.com/mailtls/mailtls/internal/realtest"
	"go.uber.org/zap"
)

// TestAuthorityTells has a stored certificate that cannot be read, and nothing is issued in its place: the log is to say why.
func TestAuthorityTells(t *testing.T) {
	in, out := io.Pipe()
	w := Wish{Names: []string{"a.test"}, Directory: "https://127.0.0.1:1/dir", Folder: t.TempDir(), Log: slog.New(slog.NewTextHandler(out, nil))}
	a, err := NewAuthority(w)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer in.Close()
	for _, name := range []string{certmagic.StorageKeys.SiteCert(a.issuer.IssuerKey(), "a.test"), certmagic.StorageKeys.SitePrivateKey(a.issuer.IssuerKey(), "a.test"),
		certmagic.StorageKeys.SiteMeta(a.issuer.IssuerKey(), "a.test")} {
		path := filepath.Join(w.Folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte("{}"))
	}
	patience := realtest.Patience(t)
	go func() { <-patience.Done(); _ = out.CloseWithError(patience.Err()) }()
	if err := a.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := in.Read(line)
	if text := string(line[:n]); err != nil || !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "a.test") || !strings.Contains(text, "PEM") {
		t.Errorf("%v: %s", err, text)
	}
}

// TestAuthorityFolder wants a folder that cannot be written to told before anything is fetched.
func TestAuthorityFolder(t *testing.T) {
	const locked = "/proc/self" // for everybody
	if _, err := os.Stat(locked); err != nil {
		t.Skip("there is no folder that nobody may write to")
	}
	if _, err := NewAuthority(Wish{Names: []string{"a.test"}, Folder: locked, Log: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), locked) {
		t.Errorf("error %v", err)
	}
}

// TestErrorsTo passes on errors with what they are about, but for what strangers cause, what the end of the program does, and what is told
// otherwise.
func TestErrorsTo(t *testing.T) {
	log := new(said)
	z := errorsTo(slog.New(slog.NewTextHandler(log, nil)))
	z.Warn("a warning")
	for _, text := range []string{"tls-alpn challenge", "challenge failed", "validating authorization", "could not get certificate from issuer"} {
		z.Error(text)
	}
	z.Error("job failed", zap.Error(fmt.Errorf("a.test: %w", context.Canceled)))
	if text := log.String(); text != "" {
		t.Errorf("it says %q", text)
	}
	z.Named("obtain").With(zap.String("subject", "a.test")).Error("will retry", zap.Error(io.ErrUnexpectedEOF))
	if text := log.String(); !strings.Contains(text, `level=ERROR msg="certificates: will retry" doing=obtain error="unexpected EOF" subject=a.test`) {
		t.Errorf("it says %q", text)
	}
}
