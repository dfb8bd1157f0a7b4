package realtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Ports are taken from below the range that systems give to outgoing connections and to listeners on port 0, so that
// nobody takes one by chance between choosing and using it.
const firstPort, lastPort = 10000, 30000

// blockSize is how many neighbouring ports a process has for its servers, and the one that keeps the others out.
const blockSize = 250

// A block is the ports of one process. Were each port chosen by itself, two processes that run tests at once could choose the same,
// and a server would be thought to listen where the other process just looked whether the port is free.
type block struct {
	first int
	held  net.Listener // on the first port, as long as the process lives

	mu   sync.Mutex
	last int // the one given last, counted from the first
}

// ownBlock is this process's.
var ownBlock = sync.OnceValues(takeBlock)

// takeBlock finds a block that no other process has.
func takeBlock() (*block, error) {
	var err error
	for range 1000 {
		first := firstPort + blockSize*rand.IntN((lastPort-firstPort)/blockSize) //nolint:gosec // not a secret
		var held net.Listener
		if held, err = net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(first))); err == nil {
			return &block{first: first, held: held}, nil
		}
	}
	return nil, fmt.Errorf("looking for free ports: %w", err)
}

// free gives the port of TCP that was given longest ago, of those that nobody listens on, at whatever address of IPv4.
func (b *block) free() (port string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range blockSize {
		b.last = b.last%(blockSize-1) + 1
		port = strconv.Itoa(b.first + b.last)
		var l net.Listener
		if l, err = net.Listen("tcp4", ":"+port); err == nil {
			return port, l.Close()
		}
	}
	return "", fmt.Errorf("looking for a free port: %w", err)
}

// addresses gives each service a free address of 127.0.0.1.
func addresses(services ...string) (map[string]string, error) {
	return addressesOn(loopback, services...)
}

// loopback is where servers listen, and where connections to this machine come from.
const loopback = "127.0.0.1"

// addressesOn gives each service a free address of a host on loopback, and elsewhere the port that is its own.
func addressesOn(host string, services ...string) (map[string]string, error) {
	found := make(map[string]string, len(services))
	if !net.ParseIP(host).IsLoopback() {
		for _, s := range services {
			found[s] = net.JoinHostPort(host, ownPorts[s])
		}
		return found, nil
	}
	own, err := ownBlock()
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		p, err := own.free()
		if err != nil {
			return nil, err
		}
		found[s] = net.JoinHostPort(host, p)
	}
	return found, nil
}

// ownPorts are those that IANA gave to the services.
var ownPorts = map[string]string{"smtp": "25", "submission": "587", "submissions": "465", "lmtp": "24", "imap": "143", "imaps": "993",
	"pop3": "110", "pop3s": "995", "sieve": "4190"}

// port is the port of an address made by addresses.
func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}
