package realtest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// nssVersions are NSS's names of the versions, in their order.
var nssVersions = []struct {
	name    string
	version tlswire.Version
}{
	{"ssl3", tlswire.SSLv3}, {"tls1.0", tlswire.TLS10}, {"tls1.1", tlswire.TLS11}, {"tls1.2", tlswire.TLS12}, {"tls1.3", tlswire.TLS13},
}

// want looks at what NSS's client offers in each version when configured in the same way: NSS has one fixed order for
// both sides, and its server always follows it.
func (n NSS) want(ctx context.Context, w Want) error {
	lowest, highest, _ := strings.Cut(n.Versions, ":")
	within := false
	for _, v := range nssVersions {
		within = within || v.name == lowest
		if within {
			offered, err := n.offered(ctx, v.name)
			if err != nil {
				return err
			}
			w.add(v.version, slices.DeleteFunc(offered, func(s tlswire.Suite) bool {
				return s.IsSCSV() || !usable(s.String(), n.Keys)
			}), evidence.ServerOrder)
		}
		within = within && v.name != highest
	}
	return nil
}

// errSeen ends the handshake once the hello was seen.
var errSeen = errors.New("seen enough")

// offered is the suites in the ClientHello of NSS's client in one version.
func (n NSS) offered(ctx context.Context, version string) ([]tlswire.Suite, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for tstclnt: %w", err)
	}
	defer listener.Close()
	path, err := Lookup("tstclnt")
	if err != nil {
		return nil, err
	}
	hello := make(chan []tlswire.Suite, 1)
	go func() {
		defer close(hello)
		if conn, err := listener.Accept(); err == nil {
			hello <- suitesOffered(ctx, conn)
		}
	}()
	args := []string{"-h", "127.0.0.1", "-p", port(listener.Addr().String()), "-D", "-o", "-V", version + ":" + version}
	if n.Ciphers != "" {
		args = append(args, "-c", n.Ciphers)
	}
	// It fails, as it gets no answer.
	out, _ := command(ctx, path, args...).CombinedOutput()
	_ = listener.Close()
	suites, ok := <-hello
	if !ok {
		return nil, fmt.Errorf("tstclnt did not connect: %s", out)
	}
	return suites, nil
}

// suitesOffered reads one ClientHello and hangs up.
func suitesOffered(ctx context.Context, conn net.Conn) []tlswire.Suite {
	defer conn.Close()
	var suites []tlswire.Suite
	config := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		for _, s := range hello.CipherSuites {
			suites = append(suites, tlswire.Suite(s))
		}
		return nil, errSeen
	}}
	_ = tls.Server(conn, config).HandshakeContext(ctx)
	return suites
}
