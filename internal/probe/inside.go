package probe

import (
	"context"
	"net"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// inside talks the mail protocol under TLS: capabilities, then goodbye.
func (c *connection) inside(ctx context.Context, conn net.Conn) {
	if c.offer.Attack == evidence.STARTTLSInjection {
		c.takeLeave(conn)
		return
	}
	if c.offer.Attack == evidence.StateKept {
		c.recall(ctx, conn)
		return
	}
	if res := c.open(ctx, conn); res.Outcome == starttls.Ready {
		c.bye(ctx, conn)
	}
}

// bye says goodbye under TLS.
func (c *connection) bye(ctx context.Context, conn net.Conn) {
	starttls.Quit(ctx, conn, c.protocol, c.options())
}

// open lets the server list its capabilities under TLS.
func (c *connection) open(ctx context.Context, conn net.Conn) *starttls.Result {
	opt := c.options()
	opt.SkipCapabilities = false
	var res *starttls.Result
	if c.protocol.ImplicitTLS() {
		res = starttls.Open(ctx, conn, c.protocol, opt)
	} else {
		res = starttls.Again(ctx, conn, c.protocol, opt)
	}
	c.obs.Inner = c.keepDialogue(res)
	return res
}
