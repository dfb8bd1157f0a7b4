package dnstest

import (
	"context"
	"net"
	"strings"

	"github.com/miekg/dns"
)

// Answers serves, over UDP at a free port of loopback, what zone says: the records of a name and a type, such as "MX 0 ." for "example.test." and
// "MX", without their name; none if there are none. It ends with ctx, and returns its address.
func Answers(ctx context.Context, zone func(name, kind string) []string) (addr string, err error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	s := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable = true
		for _, text := range zone(strings.ToLower(q.Question[0].Name), dns.TypeToString[q.Question[0].Qtype]) {
			rr, err := dns.NewRR(q.Question[0].Name + " 300 IN " + text)
			if err != nil { // whoever asks is told that
				m.Rcode = dns.RcodeServerFailure
				break
			}
			m.Answer = append(m.Answer, rr)
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = s.ActivateAndServe() }()
	return conn.LocalAddr().String(), nil
}
