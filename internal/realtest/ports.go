package realtest

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are taken from below the range that systems give to outgoing connections and to listeners on port 0, so that
// nobody takes one by chance between choosing and using it.
const firstPort, lastPort = 10000, 30000

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
	for tries := 0; len(found) < len(services); tries++ {
		addr := fmt.Sprintf("%s:%d", host, firstPort+rand.IntN(lastPort-firstPort)) //nolint:gosec // not a secret
		l, err := net.Listen("tcp", addr)
		if err != nil {
			if tries == 1000 {
				return nil, fmt.Errorf("looking for a free port: %w", err)
			}
			continue
		}
		// Kept until all are chosen, lest two services get the same one.
		defer l.Close()
		found[services[len(found)]] = addr
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
