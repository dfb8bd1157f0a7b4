package tlspeer

import (
	"net"
	"time"
)

// Socket is the part of a net.Conn that a session leaves to the connection below it.
type Socket struct{ Conn net.Conn }

// LocalAddr is that of the connection below.
func (s Socket) LocalAddr() net.Addr { return s.Conn.LocalAddr() }

// RemoteAddr is that of the connection below.
func (s Socket) RemoteAddr() net.Addr { return s.Conn.RemoteAddr() }

// SetDeadline sets that of the connection below.
func (s Socket) SetDeadline(t time.Time) error { return s.Conn.SetDeadline(t) }

// SetReadDeadline sets that of the connection below.
func (s Socket) SetReadDeadline(t time.Time) error { return s.Conn.SetReadDeadline(t) }

// SetWriteDeadline sets that of the connection below.
func (s Socket) SetWriteDeadline(t time.Time) error { return s.Conn.SetWriteDeadline(t) }
