package probe

import (
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

// countedConn counts what goes over a connection. A turn is a read that had to wait for an answer to something written.
type countedConn struct {
	net.Conn
	in, out int64
	turns   int
	asked   bool
	head    []byte          // the first bytes of the reply to the hello, up to maxHead
	over    <-chan struct{} // closed when the scan is cancelled, behind which there is no time left; nil: never
}

// SetDeadline is that of net.Conn, but leaves no time to a cancelled scan: it would undo the deadline that ended it.
func (c *countedConn) SetDeadline(t time.Time) error { return c.until(t, c.Conn.SetDeadline) }

// SetReadDeadline is to that of net.Conn what SetDeadline is.
func (c *countedConn) SetReadDeadline(t time.Time) error { return c.until(t, c.Conn.SetReadDeadline) }

func (c *countedConn) until(t time.Time, set func(time.Time) error) error {
	err := set(t)
	select {
	case <-c.over: // asked behind t, so that whichever deadline is set last ends it
		err = set(time.Unix(1, 0))
	default:
	}
	return err
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in += int64(n)
	c.head = append(c.head, p[:min(n, maxHead-len(c.head))]...)
	if c.asked && n > 0 {
		c.asked = false
		c.turns++
	}
	return n, err
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out += int64(n)
	c.asked = true
	return n, err
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

func portText(port int) string { return strconv.Itoa(port) }
