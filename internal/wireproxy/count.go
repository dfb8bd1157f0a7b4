package wireproxy

import (
	"sync"
	"time"
)

// Stats is what crossed a proxy.
type Stats struct {
	// Connections is how many the clients opened, faults included.
	Connections int
	// Peak is how many were open at once at most, each until both directions had ended.
	Peak int
	// ClientPeak is how many the clients held open at once at most, each until its client had closed it.
	ClientPeak int
	// ToServer and ToClient are bytes of TCP payload.
	ToServer, ToClient int64
	// RoundTrips is the sum over the connections; they overlap in time when connections do.
	RoundTrips int
}

// Connection is what crossed a proxy in one connection.
type Connection struct {
	// Opened is when the client connected, Closed when both directions had ended; zero while open.
	Opened, Closed time.Time
	// ToServer and ToClient are bytes of TCP payload.
	ToServer, ToClient int64
	// RoundTrips is one for the TCP handshake and one for each time the server spoke after the client had, or first.
	// An end or a reset counts when it answers something.
	RoundTrips int
	// FirstToServer and FirstToClient are the first bytes each way, as many as Config.Keep.
	FirstToServer, FirstToClient []byte
}

// A record is a Connection in the making.
type record struct {
	mu      sync.Mutex
	keep    int
	replied bool // the server spoke last
	conn    Connection
}

func (r *record) fromClient(c parcel) {
	if len(c.data) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conn.ToServer += int64(len(c.data))
	r.conn.FirstToServer = r.kept(r.conn.FirstToServer, c.data)
	r.replied = false
}

func (r *record) toClient(c parcel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conn.ToClient += int64(len(c.data))
	r.conn.FirstToClient = r.kept(r.conn.FirstToClient, c.data)
	if !r.replied {
		r.conn.RoundTrips++
	}
	r.replied = true
}

// kept appends as much of b as is still to be kept.
func (r *record) kept(have, b []byte) []byte {
	return append(have, b[:min(len(b), r.keep-len(have))]...)
}

func (r *record) snapshot() Connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.conn
	c.FirstToServer = append([]byte(nil), c.FirstToServer...)
	c.FirstToClient = append([]byte(nil), c.FirstToClient...)
	return c
}

// A counter keeps the records of a proxy.
type counter struct {
	mu      sync.Mutex
	records []*record
	current int
	peak    int
	held    int // not yet closed by the client
	most    int // of held
}

func (c *counter) open(keep int) *record {
	r := &record{keep: keep, conn: Connection{Opened: time.Now(), RoundTrips: 1}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records = append(c.records, r)
	c.current++
	c.peak = max(c.peak, c.current)
	c.held++
	c.most = max(c.most, c.held)
	return r
}

// left is called when a client has closed its connection.
func (c *counter) left() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held--
}

func (c *counter) close(r *record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current--
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conn.Closed = time.Now()
}

func (c *counter) list() []Connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]Connection, 0, len(c.records))
	for _, r := range c.records {
		list = append(list, r.snapshot())
	}
	return list
}

func (c *counter) stats() Stats {
	list := c.list()
	s := Stats{Connections: len(list)}
	for _, conn := range list {
		s.ToServer += conn.ToServer
		s.ToClient += conn.ToClient
		s.RoundTrips += conn.RoundTrips
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Peak, s.ClientPeak = c.peak, c.most
	return s
}

func (c *counter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records = nil
	c.peak, c.most = c.current, c.held
}
