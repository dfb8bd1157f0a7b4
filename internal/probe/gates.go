package probe

import (
	"net/netip"
	"sync"
)

// Gates has a Gate for each address, so that scans which do not know of each other spare an address together: those of its
// ports, and those of its names. It is safe for concurrent use, and the zero value is ready.
type Gates struct {
	mu    sync.Mutex
	gates map[string]*shared
}

// shared is the gate of an address.
type shared struct {
	*Gate
	scans int // under way
}

// idleGates is how many gates are kept at least, those of addresses where nothing is scanned now among them: what they remember is of use where
// the same address is soon scanned again, and their number is not to grow with that of addresses.
const idleGates = 4096

// of returns the gate of an address, made by the limits of cfg if it is the first scan there, and what is to be called when the scan has ended.
// Without Gates it is a new one.
func (g *Gates) of(address string, cfg Config) (gate *Gate, leave func()) {
	if g == nil {
		return NewGate(cfg.parallel(), cfg.Delay), func() {}
	}
	if a, err := netip.ParseAddr(address); err == nil { // however it is written
		address = a.Unmap().String()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gates == nil {
		g.gates = make(map[string]*shared)
	}
	s := g.gates[address]
	if s == nil {
		g.shrink()
		s = &shared{Gate: NewGate(cfg.parallel(), cfg.Delay)}
		g.gates[address] = s
	}
	s.scans++
	return s.Gate, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		s.scans--
	}
}

// shrink forgets the gates of addresses where nothing is scanned, if there are many.
func (g *Gates) shrink() {
	if len(g.gates) < idleGates {
		return
	}
	for address, s := range g.gates {
		if s.scans == 0 {
			delete(g.gates, address)
		}
	}
}
