package realtest

import (
	"context"
	"os"
)

// OpenSSL is openssl s_server, which serves one connection at a time.
type OpenSSL struct {
	// Keys are the kinds of its certificates, at most two.
	Keys []Key
	// Args are further arguments, "-tls1_2", "-cipher", "ALL:@SECLEVEL=0", "-serverpref".
	Args []string
}

// Start runs it; see Starter. The one service is tls.
func (o OpenSSL) Start(ctx context.Context) (*Server, error) {
	return startStack(ctx, "openssl", o.Keys, func(_, port string, pairs []pair) ([]string, error) {
		args := []string{"s_server", "-accept", "127.0.0.1:" + port, "-cert", pairs[0].cert, "-key", pairs[0].key}
		if len(pairs) > 1 {
			args = append(args, "-dcert", pairs[1].cert, "-dkey", pairs[1].key)
		}
		return append(args, o.Args...), nil
	})
}

// noSystemPolicy keeps the limits of Debian's openssl.cnf (TLS 1.2 and better) out.
var noSystemPolicy = []string{"OPENSSL_CONF=/dev/null"}

// GnuTLS is gnutls-serv.
type GnuTLS struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Priority is its priority string, "NORMAL:%SERVER_PRECEDENCE".
	Priority string
	// Args are further arguments.
	Args []string
}

// Start runs it; see Starter. The one service is tls.
func (g GnuTLS) Start(ctx context.Context) (*Server, error) {
	return startStack(ctx, "gnutls-serv", g.Keys, func(_, port string, pairs []pair) ([]string, error) {
		args := []string{"--port", port, "--priority", g.Priority, "--disable-client-cert", "--quiet"}
		for _, p := range pairs {
			args = append(args, "--x509certfile", p.cert, "--x509keyfile", p.key)
		}
		return append(args, g.Args...), nil
	})
}

// startStack starts a TLS stack's own test server, whose arguments follow from its folder, port and keys.
func startStack(ctx context.Context, name string, keys []Key, args func(dir, port string, pairs []pair) ([]string, error)) (*Server, error) {
	if _, err := Lookup(name); err != nil {
		return nil, err
	}
	return retry(func() (*Server, error) {
		dir, err := folder(name)
		if err != nil {
			return nil, err
		}
		l := launch{name: name, program: name, dir: dir, env: noSystemPolicy}
		if err := l.prepare(keys, args); err != nil {
			_ = os.RemoveAll(dir)
			return nil, err
		}
		return l.runOrRemove(ctx)
	})
}

func (l *launch) prepare(keys []Key, args func(dir, port string, pairs []pair) ([]string, error)) error {
	pairs, err := writeKeys(l.dir, keys)
	if err != nil {
		return err
	}
	if l.services, err = addresses("tls"); err != nil {
		return err
	}
	l.args, err = args(l.dir, port(l.services["tls"]), pairs)
	return err
}
