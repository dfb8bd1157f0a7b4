package dnstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// ErrMissing is the error where a name server is not installed.
var ErrMissing = errors.New("not installed")

// A Server is a running name server.
type Server struct {
	Addr string // for UDP and TCP
	cmd  *exec.Cmd
	log  bytes.Buffer
}

// Close stops the server.
func (s *Server) Close() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Log is what the server said. It may be read once it is closed.
func (s *Server) Log() string { return s.log.String() }

// NSD serves the zones in texts with authority. dir is for its files.
func NSD(ctx context.Context, dir string, texts map[string]string) (*Server, error) {
	zones := ""
	for name, text := range texts {
		file := fmt.Sprintf("zone%d", strings.Count(zones, "zone:"))
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			return nil, err
		}
		zones += fmt.Sprintf("zone:\n  name: %q\n  zonefile: %q\n", name, file)
	}
	return start(ctx, dir, "nsd", 0, func(port int) (string, []string) {
		conf := fmt.Sprintf("server:\n  ip-address: 127.0.0.1@%d\n  username: \"\"\n  chroot: \"\"\n  zonesdir: %q\n  database: \"\"\n  pidfile: \"\"\n"+
			"  xfrdfile: \"\"\n  zonelistfile: %q\n  hide-version: yes\n  server-count: 1\n  rrl-ratelimit: 0\n  answer-cookie: yes\nremote-control:\n  control-enable: no\n", port, dir, filepath.Join(dir, "zone.list"))
		return conf + zones, []string{"-d", "-c"}
	}, func() string {
		for name := range texts {
			return name
		}
		return "."
	}())
}

// Unbound validates and asks the name server at authority about the zones in texts. anchor is what it trusts.
func Unbound(ctx context.Context, dir, anchor, authority string, texts map[string]string) (*Server, error) {
	return UnboundAt(ctx, 0, dir, anchor, authority, texts)
}

// UnboundAt is Unbound on a port of one's choice.
func UnboundAt(ctx context.Context, port int, dir, anchor, authority string, texts map[string]string) (*Server, error) {
	host, asked, err := net.SplitHostPort(authority)
	if err != nil {
		return nil, err
	}
	return start(ctx, dir, "unbound", port, func(own int) (string, []string) {
		conf := fmt.Sprintf("server:\n  interface: 127.0.0.1@%d\n  username: \"\"\n  chroot: \"\"\n  directory: %q\n  pidfile: \"\"\n  use-syslog: no\n  do-daemonize: no\n"+
			"  do-not-query-localhost: no\n  trust-anchor: %q\n  module-config: \"validator iterator\"\n  qname-minimisation: no\n  val-log-level: 2\n"+
			"  access-control: 127.0.0.0/8 allow\n  local-zone: \"test.\" nodefault\n  local-zone: \"invalid.\" nodefault\n  num-threads: 1\n  incoming-num-tcp: 200\n  ede: yes\n  aggressive-nsec: no\nremote-control:\n  control-enable: no\n", own, dir, anchor)
		for name := range texts {
			if strings.HasSuffix(name, ".arpa.") { // of addresses for tests Unbound says by itself that there are none
				conf = strings.Replace(conf, "  local-zone: \"test.\"", fmt.Sprintf("  local-zone: %q nodefault\n  local-zone: \"test.\"", name), 1)
			}
			conf += fmt.Sprintf("stub-zone:\n  name: %q\n  stub-addr: %s@%s\n", name, host, asked)
		}
		return conf, []string{"-d", "-c"}
	}, ".")
}

// start runs a name server on port, or where that is 0 on a free one, and returns when it answers about the zone probe.
func start(ctx context.Context, dir, program string, port int, configure func(port int) (string, []string), probe string) (*Server, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + program); err != nil {
			return nil, fmt.Errorf("%s: %w", program, ErrMissing)
		}
	}
	if port == 0 {
		if port, err = freePort(); err != nil {
			return nil, err
		}
	}
	conf, args := configure(port)
	file := filepath.Join(dir, program+".conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return nil, err
	}
	s := &Server{Addr: fmt.Sprintf("127.0.0.1:%d", port)}
	s.cmd = exec.CommandContext(context.WithoutCancel(ctx), path, append(args, file)...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	if err := s.ready(ctx, probe); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w\n%s", program, err, s.Log())
	}
	return s, nil
}

// ready asks until there is an answer.
func (s *Server) ready(ctx context.Context, probe string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	q := new(dns.Msg)
	q.SetQuestion(probe, dns.TypeSOA)
	q.CheckingDisabled = true
	for {
		client := dns.Client{Net: "tcp", Timeout: time.Second}
		if _, _, err := client.ExchangeContext(ctx, q, s.Addr); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("does not answer")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePort returns a port that nothing uses, neither for UDP nor for TCP.
func freePort() (int, error) {
	for range 50 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		port := l.Addr().(*net.TCPAddr).Port
		u, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
		_ = l.Close()
		if err == nil {
			_ = u.Close()
			return port, nil
		}
	}
	return 0, errors.New("no free port")
}
