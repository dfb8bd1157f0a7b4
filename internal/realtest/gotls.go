package realtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
)

// GoTLS is a little SMTP server on Go's crypto/tls, in this process.
type GoTLS struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Config is what crypto/tls is given besides them; nil is its default.
	Config *tls.Config
}

// Start runs it; see Starter. The one service is tls.
func (g GoTLS) Start(ctx context.Context) (*Server, error) {
	certs, err := Certificates(g.Keys...)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{} //nolint:gosec // old versions are for the caller to ask for
	if g.Config != nil {
		config = g.Config.Clone()
	}
	config.Certificates = certs
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for crypto/tls: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var out output
	var tasks sync.WaitGroup
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	tasks.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() { serveGo(ctx, tls.Server(conn, config), &out) })
		}
	})
	return &Server{
		Name:     "crypto/tls",
		services: map[string]string{"tls": listener.Addr().String()},
		log:      out.String,
		stop: func() {
			cancel()
			_ = listener.Close()
			tasks.Wait()
		},
	}, nil
}

func serveGo(ctx context.Context, conn *tls.Conn, log io.Writer) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.NetConn().Close() })()
	if err := conn.HandshakeContext(ctx); err != nil {
		_, _ = fmt.Fprintln(log, err)
		return
	}
	_, _ = io.WriteString(conn, greeting)
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		reply := smtpReply(lines.Text())
		_, _ = io.WriteString(conn, reply)
		if strings.HasPrefix(reply, "221") {
			return
		}
	}
}
