package dnstest

import (
	"context"
	"time"

	"github.com/miekg/dns"
)

// Ask puts a question to a name server over TCP, and again where the connection ends without an answer: a server that has many of
// them closes some, which says nothing of the question.
func Ask(ctx context.Context, q *dns.Msg, addr string) (m *dns.Msg, err error) {
	client := dns.Client{Net: "tcp", Timeout: time.Minute}
	for range 5 {
		if m, _, err = client.ExchangeContext(ctx, q, addr); err == nil {
			return m, nil
		}
	}
	return nil, err
}
