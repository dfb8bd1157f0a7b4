// Package realtest starts real servers for tests and benchmarks: Postfix, Dovecot, Exim, Cyrus, Courier, OpenSMTPD, and the
// test servers of OpenSSL, GnuTLS, NSS, Java, Erlang and Go; PostgreSQL; and Pebble, an authority.
//
// A server is a value ([Postfix], [Dovecot], [Exim], [Cyrus], [Courier], [OpenSMTPD], [OpenSSL], [GnuTLS], [NSS], [Java],
// [Erlang], [GoTLS], [PostgreSQL], [Pebble]); [Start] runs it for
// the length of a test. Each has a folder of its own, keys and certificates made when the process starts, and free
// ports, and is killed at the end. Nothing is read from or written to the machine's own configuration.
//
// Where a program is missing, Start skips the test and says which Debian package brings it. With the environment
// variable MAILTLS_CI_NOSKIP=1 it fails instead, so that a complete machine cannot skip unnoticed.
//
// [Configs] is a table of TLS stack configurations; [Config.Want] tells of each which cipher suites it must be found to
// accept.
package realtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// noSkip is the environment variable that makes a missing program an error.
const noSkip = "MAILTLS_CI_NOSKIP"

// A Starter is a server that can be started. The server runs until ctx is done or it is closed; it must be closed in
// either case. The error is a *MissingError where a program is not installed.
type Starter interface {
	Start(ctx context.Context) (*Server, error)
}

// TB is what Start and Need use of a test or benchmark.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Start runs s until the end of the test, and shows its log if the test failed.
func Start(t TB, s Starter) *Server {
	t.Helper()
	server, err := s.Start(t.Context())
	if err != nil {
		giveUp(t, err)
		return nil
	}
	t.Cleanup(func() {
		server.stop()
		if t.Failed() {
			t.Logf("log of %s:\n%s", server.Name, server.Log())
		}
		server.Close()
	})
	return server
}

// Shared is a server that all tests of a program share, which the first that asks for it starts.
type Shared struct {
	Starter
	once   sync.Once
	server *Server
	err    error
}

// Use starts it unless it runs. It goes on until it is closed.
func (s *Shared) Use(t TB) *Server {
	t.Helper()
	s.once.Do(func() { s.server, s.err = s.Starter.Start(context.WithoutCancel(t.Context())) })
	if s.err != nil {
		giveUp(t, s.err)
	}
	return s.server
}

// Close ends it, if it was started. It is for TestMain, after the tests.
func (s *Shared) Close() {
	if s.server != nil {
		s.server.Close()
	}
}

// Need skips the test unless all the programs (names as in [Lookup]) are installed.
func Need(t TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := Lookup(p); err != nil {
			giveUp(t, err)
		}
	}
}

func giveUp(t TB, err error) {
	t.Helper()
	var missing *MissingError
	if errors.As(err, &missing) && os.Getenv(noSkip) != "1" {
		t.Skipf("%v", err)
		return
	}
	t.Fatalf("%v", err)
}

// Server is a running server.
type Server struct {
	// Name says what it is, "postfix".
	Name string
	// Dir is its folder, removed by Close.
	Dir string

	services map[string]string
	stop     func() // idempotent
	log      func() string
	ended    <-chan struct{} // closed when the program has; nil if there is not just one
}

// Addr is where a service listens, "127.0.0.1:20025". Mail servers name their services smtp, submission, submissions,
// lmtp, imap, imaps, pop3, pop3s and sieve; TLS stacks have one, tls. An unknown name gives an empty string.
func (s *Server) Addr(service string) string { return s.services[service] }

// Services tells the address of every service by its name.
func (s *Server) Services() map[string]string {
	all := make(map[string]string, len(s.services))
	for name, addr := range s.services {
		all[name] = addr
	}
	return all
}

// Log is what the server has written so far.
func (s *Server) Log() string { return s.log() }

// Close ends the server and everything it started, and removes its folder. It may be called again.
func (s *Server) Close() {
	s.stop()
	_ = os.RemoveAll(s.Dir)
}

// attempts is how often a server is started when another program takes its ports first.
const attempts = 3

// retry calls start again where the address was taken between choosing and using it.
func retry(start func() (*Server, error)) (*Server, error) {
	var err error
	for range attempts {
		var s *Server
		if s, err = start(); err == nil {
			return s, nil
		}
		if !strings.Contains(strings.ToLower(err.Error()), "in use") {
			return nil, err
		}
	}
	return nil, fmt.Errorf("after %d attempts: %w", attempts, err)
}
