package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// serverAddress is that of a server.
func serverAddress(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(1 + n>>16), byte(n >> 8), byte(n)})
}

// bulkServers are those of another process.
type bulkServers struct {
	port  int
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	count int
}

func startBulkServers(ctx context.Context, n int, stderr io.Writer) (*bulkServers, error) {
	c := exec.CommandContext(ctx, os.Args[0], "-bulk-serve", "-endpoints", strconv.Itoa(n))
	c.Stderr = stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &bulkServers{cmd: c, in: in, out: bufio.NewReader(out), count: n}
	s.port, err = s.number()
	return s, err
}

func (s *bulkServers) number() (int, error) {
	line, err := s.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("the servers: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(line))
}

// counts is how many connections there were so far.
func (s *bulkServers) counts() (int, error) {
	if _, err := io.WriteString(s.in, "?\n"); err != nil {
		return 0, err
	}
	return s.number()
}

func (s *bulkServers) stop() { _ = s.in.Close(); _ = s.cmd.Wait() }

// floor is how many single handshakes in a second this machine makes with the same servers.
func (s *bulkServers) floor(ctx context.Context, during time.Duration) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, during)
	defer cancel()
	var n atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for i := range 50 {
		wg.Go(func() {
			for k := i; ctx.Err() == nil; k += 50 {
				if err := handshake(ctx, netip.AddrPortFrom(serverAddress(k%s.count), uint16(s.port)).String()); err == nil {
					n.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return float64(n.Load()) / time.Since(start).Seconds(), nil
}
