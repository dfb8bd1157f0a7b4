package probe

import (
	"net/netip"
	"sync"
)

// Gates has a Gate for each address, so that scans which do not know of each other spare an address together: those of its
// ports, and those of its names. It is safe for concurrent use, and the zero value is ready.
type Gates struct {
	mu    sync.Mutex
	gates map[string]*Gate
}

// of returns the gate of an address, made by the limits of cfg if it is the first scan there. Without Gates it is a new one.
func (g *Gates) of(address string, cfg Config) *Gate {
	if g == nil {
		return NewGate(cfg.parallel(), cfg.Delay)
	}
	if a, err := netip.ParseAddr(address); err == nil { // however it is written
		address = a.Unmap().String()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gates == nil {
		g.gates = make(map[string]*Gate)
	}
	if g.gates[address] == nil {
		g.gates[address] = NewGate(cfg.parallel(), cfg.Delay)
	}
	return g.gates[address]
}
