package realtest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/wireproxy"
	"github.com/mailtls/mailtls/tlswire"
)

// A realClient is a program that makes TLS connections.
type realClient struct {
	name string
	// profile is what the program's hello does not tell: limits of keys, and the oldest version of hellos that do not say.
	profile client.Profile
	// args is the command line to connect to a port of 127.0.0.1, the program as in Lookup.
	args func(port string) []string
	// config is that of a client in this process, instead of a program.
	config *tls.Config
	// refused is the exit code that tells that a handshake failed; 0: any but 0.
	refused int
}

// simulationServers are configurations with what decides a handshake: versions, orders, certificates, groups.
func simulationServers(t *testing.T) []Config {
	names := []string{
		"openssl/default", "openssl/default, two certificates", "openssl/old versions without the security level",
		"openssl/everything, two certificates", "openssl/ECDSA", "openssl/TLS 1.0", "openssl/TLS 1.1",
		"openssl/TLS 1.2, odd order", "openssl/TLS 1.3, CCM first", "openssl/ChaCha20 for who wants it", "openssl/one suite",
		"openssl/DHE", "openssl/RSA key exchange", "openssl/anonymous",
		"gnutls/NORMAL", "gnutls/NORMAL, two certificates, server order", "gnutls/SECURE256", "gnutls/TLS 1.0", "gnutls/RC4 and 3DES",
		"gnutls/DHE", "nss/default, two certificates", "nss/old", "nss/TLS 1.3", "java/today, two certificates",
	}
	var out []Config
	for _, c := range Configs() {
		if slices.Contains(names, c.Name) {
			out = append(out, c)
		}
	}
	if len(out) != len(names) {
		t.Fatalf("%d of %d configurations are in the table", len(out), len(names))
	}
	return append(out,
		Config{"openssl/P-384 alone", OpenSSL{Args: []string{"-groups", "P-384"}}},
		Config{"openssl/groups in its own order", OpenSSL{ServerOrder: true, Args: []string{"-groups", "P-521:P-384:X25519"}}},
		Config{"openssl/SHA-384 alone", OpenSSL{Args: []string{"-sigalgs", "RSA+SHA384:RSA-PSS+SHA384"}}},
		Config{"go/default", GoTLS{Keys: bothKeys}},
		Config{"go/TLS 1.2", GoTLS{Config: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12}}}, //nolint:gosec // on purpose
	)
}

// TestSimulationIsReal holds that every program gets from every server what client.Simulate says it would: of a scan, and
// of the program's own hello.
func TestSimulationIsReal(t *testing.T) {
	if testing.Short() {
		t.Skip("scans two dozen servers and makes hundreds of handshakes")
	}
	t.Parallel()
	clients := installedClients(t)
	var told, open, pairs atomic.Int64
	t.Run("servers", func(t *testing.T) {
		for _, config := range simulationServers(t) {
			t.Run(config.Name, func(t *testing.T) {
				t.Parallel()
				server := Start(t, config.Server)
				e := scanStack(t, server)
				for i := range clients {
					c := &clients[i]
					want, got := client.Simulate(&c.profile, e), c.connect(t, server.Addr("tls"))
					pairs.Add(1)
					told.Add(int64(boolToInt(want.Outcome != client.Unknown)))
					open.Add(int64(boolToInt(want.Outcome == client.Works && want.Suite == 0)))
					if !agrees(want, got) {
						t.Errorf("%s: simulated %+v, in reality %+v", c.name, want, got)
					}
				}
			})
		}
	})
	t.Logf("%d pairs: %d with a definite outcome, %d of them without a suite", pairs.Load(), told.Load(), open.Load())
	if told.Load()*10 < pairs.Load()*9 {
		t.Errorf("of %d pairs only %d were decided", pairs.Load(), told.Load())
	}
}

// installedClients are the clients that are here, each with the profile of its own hello.
func installedClients(t *testing.T) []realClient {
	t.Helper()
	var out []realClient
	for _, c := range realClients() {
		var missing *MissingError
		switch err := c.capture(t.Context()); {
		case errors.As(err, &missing) && os.Getenv(noSkip) != "1":
			t.Logf("without %s: %v", c.name, err)
		case err != nil:
			t.Fatalf("%s: %v", c.name, err)
		default:
			out = append(out, c)
		}
	}
	return out
}

func scanStack(t *testing.T, server *Server) *evidence.Endpoint {
	t.Helper()
	report, err := mailtls.Scan(t.Context(), "submissions://"+server.Addr("tls"), &mailtls.Config{Timeout: 5 * time.Second, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	return report.Endpoints[0].Endpoint
}

// agrees reports whether reality is among what a simulation leaves open.
func agrees(want, got client.Result) bool {
	if want.Outcome == client.Unknown {
		return true
	}
	if want.Outcome != got.Outcome {
		return false
	}
	return want.Outcome == client.Fails ||
		either(want.Version, got.Version) && either(want.Suite, got.Suite) && either(want.Group, got.Group) && either(want.DHBits, got.DHBits)
}

func either[T comparable](want, got T) bool {
	var open T
	return want == open || want == got
}

// capture fills in the profile from a hello of the program's own, caught on its way to some server.
func (c *realClient) capture(ctx context.Context) error {
	server, err := GoTLS{}.Start(ctx)
	if err != nil {
		return err
	}
	defer server.Close()
	said, runErr, err := c.listenTo(ctx, server.Addr("tls"))
	if err != nil {
		return err
	}
	messages := inTheClear(said.FirstToServer)
	if len(messages) == 0 {
		return fmt.Errorf("no hello was caught: %w", runErr)
	}
	hello, err := tlswire.ParseClientHello(messages[0].Body)
	if err != nil {
		return err
	}
	limits := c.profile
	c.profile, err = client.FromHello(hello, limits.Min)
	c.profile.MinDHBits, c.profile.MaxDHBits, c.profile.SHA2Signing = limits.MinDHBits, limits.MaxDHBits, limits.SHA2Signing
	return err
}

// run lets the program connect, and returns an error if its handshake failed.
func (c *realClient) run(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if c.config != nil {
		return c.runGo(ctx, addr)
	}
	args := c.args(port(addr))
	path, err := Lookup(args[0])
	if err != nil {
		return err
	}
	cmd := command(ctx, path, args[1:]...)
	cmd.Env = append(cmd.Environ(), noSystemPolicy...)
	cmd.Stdin = strings.NewReader("")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && c.refused != 0 && exit.ExitCode() != c.refused && exit.ExitCode() > 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

func (c *realClient) runGo(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	return tls.Client(conn, c.config).HandshakeContext(ctx)
}

// connect has the program connect to a server, and tells what it got as the wire shows it.
func (c *realClient) connect(t *testing.T, addr string) client.Result {
	t.Helper()
	said, runErr, err := c.listenTo(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	if runErr != nil {
		return client.Result{Outcome: client.Fails, Why: runErr.Error()}
	}
	got, err := negotiated(said.FirstToClient)
	if err != nil {
		t.Errorf("%s: reading what was agreed: %v", c.name, err)
	}
	return got
}

// listenTo lets the program connect, and gives what was said, and the program's own error.
func (c *realClient) listenTo(ctx context.Context, addr string) (said wireproxy.Connection, runErr, err error) {
	proxy, err := wireproxy.Listen(ctx, wireproxy.Config{Target: addr, Keep: 1 << 14})
	if err != nil {
		return said, nil, err
	}
	defer proxy.Close()
	runErr = c.run(ctx, proxy.Addr())
	if all := proxy.Connections(); len(all) == 1 {
		said = all[0]
	} else {
		err = fmt.Errorf("%s connected %d times: %w", c.name, len(all), runErr)
	}
	return said, runErr, err
}

// inTheClear are the handshake messages at the beginning of what one side said.
func inTheClear(said []byte) []tlswire.Handshake {
	var buffer tlswire.HandshakeBuffer
	var out []tlswire.Handshake
	for {
		record, n, err := tlswire.ParseRecord(said)
		if err != nil {
			return out
		}
		said = said[n:]
		// Of the compatibility mode, RFC 8446, Appendix D.4.
		if record.Type == tlswire.ContentChangeCipherSpec && len(out) == 1 && isRetry(out[0]) {
			continue
		}
		if record.Type != tlswire.ContentHandshake {
			return out
		}
		buffer.Feed(record.Payload)
		for m, ok, err := buffer.Next(); ok && err == nil; m, ok, err = buffer.Next() {
			out = append(out, m)
		}
	}
}

func isRetry(m tlswire.Handshake) bool {
	h, err := tlswire.ParseServerHello(m.Body)
	return err == nil && h.IsHelloRetryRequest()
}

// negotiated reads what the server said in a handshake that was finished.
func negotiated(said []byte) (client.Result, error) {
	got := client.Result{Outcome: client.Works}
	var info tlswire.SuiteInfo
	for _, m := range inTheClear(said) {
		switch m.Type {
		case tlswire.TypeServerHello:
			h, err := tlswire.ParseServerHello(m.Body)
			if err != nil {
				return got, err
			}
			got.Version, got.Suite = h.NegotiatedVersion(), h.Suite
			got.Group, _ = h.Group()
			info, _ = h.Suite.Info()
		case tlswire.TypeServerKeyExchange:
			k, err := tlswire.ParseServerKeyExchange(m.Body, info.KeyExchange, info.Anonymous, got.Version)
			if err != nil {
				return got, err
			}
			if k.EC != nil {
				got.Group = k.EC.Group
			}
			if k.DH != nil {
				got.DHBits = new(big.Int).SetBytes(k.DH.P).BitLen()
			}
		}
	}
	if got.Suite == 0 {
		return got, io.ErrUnexpectedEOF
	}
	return got, nil
}
