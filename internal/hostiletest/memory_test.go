package hostiletest

import (
	"context"
	"net"
)

// memory is a network of one server within this process, so that a test can have a clock of its own: package synctest
// cannot know whether anything is under way in a socket. Like TCP it takes what is written before it is read, within
// limits. It knows no reset: the end of a connection is the same whatever the reason.
type memory struct {
	net.Listener // of no use but for its methods' names
	dialled      chan net.Conn
	closed       context.Context
	close        context.CancelFunc
}

func newMemory() *memory {
	m := &memory{dialled: make(chan net.Conn)}
	m.closed, m.close = context.WithCancel(context.Background())
	return m
}

// Dial connects to the server, whatever address is asked for.
func (m *memory) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, near := net.Pipe()
	server, far := net.Pipe()
	go carry(far, near)
	go carry(near, far)
	select {
	case m.dialled <- server:
		return client, nil
	case <-ctx.Done():
	case <-m.closed.Done():
	}
	_ = client.Close()
	return nil, net.ErrClosed
}

// Accept waits for the next client.
func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.dialled:
		return conn, nil
	case <-m.closed.Done():
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (m *memory) Close() error {
	m.close()
	return nil
}

// Addr is an address like those of servers on this machine.
func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 25} }

// carry takes bytes from one pipe to another, up to 256 kB of them ahead of their reader, and then the end.
func carry(to, from net.Conn) {
	chunks := make(chan []byte, 64)
	go func() {
		defer close(chunks)
		for {
			b := make([]byte, 4096)
			n, err := from.Read(b)
			if err != nil {
				return
			}
			chunks <- b[:n]
		}
	}()
	for b := range chunks {
		if _, err := to.Write(b); err != nil {
			_ = from.Close()
		}
	}
	_ = to.Close()
}
