package probe

import (
	"context"
	"crypto/tls"

	"github.com/mailtls/mailtls/evidence"
)

// finishOld finishes a handshake of TLS 1.2 or older with crypto/tls, to see what the mail protocol says inside.
func (c *connection) finishOld(ctx context.Context) evidence.End {
	conn := tls.Client(c.conn, &tls.Config{
		InsecureSkipVerify: true, // the scan looks; whom it talks to is judged from the evidence
		ServerName:         serverName(c.ep.Target.ServerName),
		MinVersion:         uint16(c.offer.Version),
		MaxVersion:         uint16(c.offer.Version),
		CipherSuites:       goSuites(c.offer),
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return unfinished(endOf(err), err)
	}
	c.inside(ctx, conn)
	_ = conn.Close()
	return evidence.End{Kind: evidence.EndDone}
}

// unfinished is the end of a handshake that crypto/tls gave up. An alert may come of our own limits, so that nothing is
// concluded from any end.
func unfinished(end evidence.End, err error) evidence.End {
	switch end.Kind {
	case evidence.EndTimeout, evidence.EndClosed, evidence.EndReset:
		end.Detail = "finishing the handshake: " + endWords(end.Kind)
	default:
		end.Detail = "needs the legacy engine, which is not there yet: " + err.Error()
	}
	end.Kind = evidence.EndMalformed
	return end
}

func goSuites(o evidence.Offer) []uint16 {
	var list []uint16
	for _, s := range o.Suites.Only {
		list = append(list, uint16(s))
	}
	return list
}
