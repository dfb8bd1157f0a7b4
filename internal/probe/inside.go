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
	opt := c.options()
	opt.SkipCapabilities = false
	var res *starttls.Result
	if c.protocol.ImplicitTLS() {
		res = starttls.Open(ctx, conn, c.protocol, opt)
	} else {
		res = starttls.Again(ctx, conn, c.protocol, opt)
	}
	c.obs.Inner = c.keepDialogue(res)
	if res.Outcome == starttls.Ready {
		starttls.Quit(ctx, conn, c.protocol, opt)
	}
}
