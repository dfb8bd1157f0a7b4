package realtest

import (
	"context"
	"os"

	"github.com/mailtls/mailtls/tlswire"
)

// OpenSSL is openssl s_server, which serves one connection at a time. It speaks SMTP: a client that waited for a greeting
// in vain would keep all others waiting.
type OpenSSL struct {
	// Keys are the kinds of its certificates, at most two.
	Keys []Key
	// Min and Max are the versions; zero is OpenSSL's default.
	Min, Max tlswire.Version
	// Ciphers is its -cipher, for TLS 1.2 and older, "ALL:@SECLEVEL=0"; CipherSuites its -ciphersuites, for TLS 1.3. Empty
	// is OpenSSL's default.
	Ciphers, CipherSuites string
	// ServerOrder makes its order decide rather than the client's; PrioritizeChaCha makes it yield to clients that put
	// ChaCha20 first.
	ServerOrder, PrioritizeChaCha bool
	// Silent makes it say nothing of its own accord.
	Silent bool
	// Args are further arguments.
	Args []string
}

// Start runs it; see Starter. The one service is tls.
func (o OpenSSL) Start(ctx context.Context) (*Server, error) {
	answer := openSSLTalk
	if o.Silent {
		answer = nil
	}
	return startStack(ctx, "openssl", answer, o.Keys, func(_, port string, pairs []pair) ([]string, error) {
		args := []string{"s_server", "-accept", "127.0.0.1:" + port, "-cert", pairs[0].cert, "-key", pairs[0].key}
		if len(pairs) > 1 {
			args = append(args, "-dcert", pairs[1].cert, "-dkey", pairs[1].key)
		}
		return append(append(args, o.flags()...), o.Args...), nil
	})
}

func (o OpenSSL) flags() []string {
	var args []string
	for _, f := range []struct{ flag, value string }{
		{"-min_protocol", openSSLVersions[o.Min]}, {"-max_protocol", openSSLVersions[o.Max]},
		{"-cipher", o.Ciphers}, {"-ciphersuites", o.CipherSuites},
	} {
		if f.value != "" {
			args = append(args, f.flag, f.value)
		}
	}
	if o.ServerOrder {
		args = append(args, "-serverpref")
	}
	if o.PrioritizeChaCha {
		args = append(args, "-prioritize_chacha")
	}
	return args
}

var openSSLVersions = map[tlswire.Version]string{
	tlswire.TLS10: "TLSv1", tlswire.TLS11: "TLSv1.1", tlswire.TLS12: "TLSv1.2", tlswire.TLS13: "TLSv1.3",
}

// noSystemPolicy keeps out the limits of Debian's openssl.cnf (TLS 1.2 and better), and the machine's authorities, which take
// longer to read than a handshake.
var noSystemPolicy = []string{"OPENSSL_CONF=/dev/null", "SSL_CERT_FILE=/dev/null"}

// GnuTLS is gnutls-serv, as an HTTP server: a mail client waits for its greeting in vain.
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
	return startStack(ctx, "gnutls-serv", nil, g.Keys, func(_, port string, pairs []pair) ([]string, error) {
		args := []string{"--port", port, "--priority", g.Priority, "--disable-client-cert", "--quiet"}
		for _, p := range pairs {
			args = append(args, "--x509certfile", p.cert, "--x509keyfile", p.key)
		}
		return append(args, g.Args...), nil
	})
}

// arguments tells a server's arguments from its folder, port and keys.
type arguments func(dir, port string, pairs []pair) ([]string, error)

// startStack starts a TLS stack's own test server.
func startStack(ctx context.Context, name string, answer func(string) string, keys []Key, args arguments) (*Server, error) {
	if _, err := Lookup(name); err != nil {
		return nil, err
	}
	return retry(func() (*Server, error) {
		dir, err := folder(name)
		if err != nil {
			return nil, err
		}
		l := launch{name: name, program: name, dir: dir, env: noSystemPolicy, answer: answer}
		if err := l.prepare(keys, args); err != nil {
			_ = os.RemoveAll(dir)
			return nil, err
		}
		return l.runOrRemove(ctx)
	})
}

func (l *launch) prepare(keys []Key, args arguments) error {
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
