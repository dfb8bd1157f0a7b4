package probe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// maxHead is how many bytes of a reply are kept until it is known what they are: the longest line of SMTP.
const maxHead = 512

// inTheClear explains a reply that is not TLS. Text is shown, and a mail server that has no time for us may say so in the
// clear even where TLS is due: that it asked for a pause says nothing about its TLS.
func (c *connection) inTheClear(ctx context.Context, end evidence.End) evidence.End {
	line, text := firstLine(c.conn.head)
	if end.Kind != evidence.EndNotTLS || !text {
		return end
	}
	end.Detail = fmt.Sprintf("the server answers in the clear: %q", line)
	if !c.protocol.ImplicitTLS() {
		return end
	}
	res := starttls.Open(ctx, &replayed{r: bytes.NewReader(c.conn.head)}, c.protocol, c.options())
	if res.Outcome == starttls.TemporarilyRefused && res.Step == starttls.StepGreeting {
		end.Kind = evidence.EndThrottled
	}
	return end
}

// firstLine returns the first line of b, and whether it looks like text in ASCII.
func firstLine(b []byte) (string, bool) {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return string(line), len(line) > 2 && bytes.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// replayed is a connection on which everything was received already, and nothing is sent any more.
type replayed struct {
	net.Conn
	r io.Reader
}

func (c *replayed) Read(p []byte) (int, error)  { return c.r.Read(p) }
func (c *replayed) Write(p []byte) (int, error) { return len(p), nil }
func (c *replayed) SetDeadline(time.Time) error { return nil }
func (c *replayed) LocalAddr() net.Addr         { return &net.TCPAddr{} }
