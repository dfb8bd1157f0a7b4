package realtest

import (
	"context"
	_ "embed" // for the server's source
	"fmt"
	"os"
	"path/filepath"
)

//go:embed TlsServer.erl
var erlangSource []byte

// erlang is where Debian's packages of Erlang/OTP 25 are unpacked.
const erlang = "/opt/erlang/usr/lib/erlang"

// Erlang is a little SMTP server on Erlang's ssl, compiled at its start.
type Erlang struct {
	// Keys are the kinds of its certificates: one.
	Keys []Key
	// Versions are Erlang's names of protocol versions, "tlsv1.2"; empty is Erlang's default.
	Versions []string
	// Silent makes it say nothing of its own accord.
	Silent bool
}

// Start runs it; see Starter. The one service is tls.
func (e Erlang) Start(ctx context.Context) (*Server, error) {
	name := "erlexec"
	if _, err := Lookup(name); err != nil {
		return nil, err
	}
	return retry(func() (*Server, error) {
		dir, err := folder("erlang")
		if err != nil {
			return nil, err
		}
		// its own scripts know but one place for its libraries
		l := launch{name: "erlang", program: name, dir: dir, env: []string{"ROOTDIR=" + erlang, "BINDIR=" + erlang + "/erts-13.1.5/bin", "EMU=beam", "PROGNAME=erl"}}
		if err := l.prepare(e.Keys, e.arguments); err != nil {
			_ = os.RemoveAll(dir)
			return nil, err
		}
		return l.runOrRemove(ctx)
	})
}

func (e Erlang) arguments(dir, port string, pairs []pair) ([]string, error) {
	source := filepath.Join(dir, "TlsServer.erl")
	if err := os.WriteFile(source, erlangSource, 0o644); err != nil {
		return nil, fmt.Errorf("preparing Erlang: %w", err)
	}
	manner := "greet"
	if e.Silent {
		manner = "silent"
	}
	// as escript does
	return append([]string{"+B", "-boot", "no_dot_erlang", "-noshell", "-run", "escript", "start", "-extra", source,
		port, pairs[0].cert, pairs[0].key, manner}, e.Versions...), nil
}
