package resolve

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

const (
	rootKey    = ". DNSKEY 257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="
	rootKeySig = ". RRSIG DNSKEY 8 0 172800 20260101000000 20250101000000 20326 . AAAA"
)

func isDNSKEY(q *dns.Msg) bool { return q.Question[0].Qtype == dns.TypeDNSKEY }

func address(q *dns.Msg) *dns.Msg { return reply(q, q.Question[0].Name+" A 192.0.2.1") }

// TestUnable tells name servers by way of which nothing can be validated from zones that are forged.
func TestUnable(t *testing.T) {
	failing := func(rcode int) act {
		return func(q *dns.Msg, _ string) *dns.Msg {
			if isDNSKEY(q) {
				return new(dns.Msg).SetRcode(q, rcode)
			}
			return address(q)
		}
	}
	for _, c := range []struct {
		name   string
		mode   Mode
		answer act
		want   string // in the reason
	}{
		{"leaves signatures out", Local, func(q *dns.Msg, _ string) *dns.Msg {
			if isDNSKEY(q) {
				return reply(q, rootKey)
			}
			return address(q)
		}, "hands out no signatures"},
		{"leaves proofs out", Local, func(q *dns.Msg, _ string) *dns.Msg {
			switch {
			case isDNSKEY(q):
				return reply(q, rootKey, rootKeySig)
			case q.Question[0].Name == ".":
				return reply(q)
			}
			return address(q)
		}, "proofs"},
		{"knows no such type, and says there is no root", Local, failing(dns.RcodeNameError), "hands out no signatures"},
		{"says that there are no keys", Local, failing(dns.RcodeSuccess), "hands out no signatures"},
		{"refuses the type", Local, failing(dns.RcodeRefused), "refuses (REFUSED) when"},
		{"fails at the type", Local, failing(dns.RcodeServerFailure), "fails (SERVFAIL) when"},
		{"knows no EDNS", Local, func(q *dns.Msg, _ string) *dns.Msg {
			switch {
			case q.IsEdns0() != nil:
				return new(dns.Msg).SetRcode(q, dns.RcodeFormatError)
			case isDNSKEY(q):
				return reply(q, rootKey)
			}
			return address(q)
		}, "hands out no signatures"},
		{"does not validate", Trust, func(q *dns.Msg, _ string) *dns.Msg {
			if isDNSKEY(q) {
				return reply(q, rootKey, rootKeySig)
			}
			return address(q)
		}, "does not validate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := liar(t, c.mode, c.answer)
			a, err := client.Lookup(t.Context(), "mx.example.test", A)
			if err != nil || a.Status != Indeterminate || len(a.Addresses()) != 1 {
				t.Fatalf("%+v, %v", a, err)
			}
			if !strings.Contains(a.Why, c.want) || !strings.Contains(a.Why, client.servers[0]) || !strings.Contains(a.Why, "--resolver") {
				t.Errorf("%q, want %q", a.Why, c.want)
			}
		})
	}
}

// TestNextServer goes on where a server does not answer, refuses, fails, or cannot be used with DNSSEC, and stays there.
func TestNextServer(t *testing.T) {
	refuses := func(rcode int) act {
		return func(q *dns.Msg, _ string) *dns.Msg {
			if isDNSKEY(q) {
				return reply(q, rootKey, rootKeySig)
			}
			return new(dns.Msg).SetRcode(q, rcode)
		}
	}
	for name, first := range map[string]act{
		"silent":   func(*dns.Msg, string) *dns.Msg { return nil },
		"refuses":  refuses(dns.RcodeRefused),
		"fails":    refuses(dns.RcodeServerFailure),
		"no proof": func(q *dns.Msg, _ string) *dns.Msg { return reply(q, q.Question[0].Name+" A 192.0.2.66") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			mode := Off
			if name == "no proof" {
				mode = Local
			}
			bad := serve(t, func(q *dns.Msg, network string) *dns.Msg {
				asked.Add(1)
				return first(q, network)
			})
			good := serve(t, func(q *dns.Msg, _ string) *dns.Msg {
				if q.Question[0].Name == "." {
					m := reply(q)
					m.Answer, m.Ns = reply(q, rootKey, rootKeySig).Answer, reply(q, ". NSEC aaa. NS", ". RRSIG NSEC 8 0 86400 20260101000000 20250101000000 20326 . AAAA").Answer
					if !isDNSKEY(q) {
						m.Answer = nil
					}
					return m
				}
				return address(q)
			})
			c, err := NewClient(Config{Servers: []string{bad, good}, Mode: mode, Timeout: 300 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if a, err := c.Lookup(t.Context(), "mx.example.test", A); err != nil || a.Addresses()[0].String() != "192.0.2.1" {
				t.Fatalf("%+v, %v", a, err)
			}
			before := asked.Load()
			if _, err := c.Lookup(t.Context(), "other.example.test", A); err != nil || asked.Load() != before {
				t.Errorf("%v; the first server was asked %d times more", err, asked.Load()-before)
			}
		})
	}
}

// TestReady wants one error where nothing answers, and none where one server does.
func TestReady(t *testing.T) {
	silent := func(*dns.Msg, string) *dns.Msg { return nil }
	c := liar(t, Local, silent)
	err := c.Ready(t.Context())
	if err == nil || !strings.Contains(err.Error(), c.servers[0]+" does not answer in time") || !strings.Contains(err.Error(), "--resolver") {
		t.Errorf("%v", err)
	}
	c.servers = append(c.servers, serve(t, func(q *dns.Msg, _ string) *dns.Msg { return reply(q) }))
	if err := c.Ready(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := liar(t, Local, silent).Ready(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestLacks tells of each server that is not there or not able, and of no other.
func TestLacks(t *testing.T) {
	silent, unable, able := func(*dns.Msg, string) *dns.Msg { return nil }, func(q *dns.Msg, _ string) *dns.Msg { return reply(q, rootKey) }, func(q *dns.Msg, _ string) *dns.Msg {
		if isDNSKEY(q) {
			return reply(q, rootKey, rootKeySig)
		}
		m := reply(q)
		m.Ns = reply(q, ". NSEC aaa. NS", ". RRSIG NSEC 8 0 86400 20260101000000 20250101000000 20326 . AAAA").Answer
		return m
	}
	c := liar(t, Local, able)
	if gone, lacking := c.Lacks(t.Context()); len(gone)+len(lacking) > 0 {
		t.Errorf("an able server: %q, %q", gone, lacking)
	}
	c.servers = append(c.servers, serve(t, unable), serve(t, silent))
	gone, lacking := c.Lacks(t.Context())
	if len(gone) != 1 || !strings.Contains(gone[0], c.servers[2]+" does not answer in time") {
		t.Errorf("not there: %q", gone)
	}
	if len(lacking) != 1 || !strings.Contains(lacking[0], c.servers[1]+" hands out no signatures") {
		t.Errorf("not able: %q", lacking)
	}
}

// TestParallel holds questions back while as many as are allowed are being asked.
func TestParallel(t *testing.T) {
	server := serve(t, func(q *dns.Msg, _ string) *dns.Msg { return address(q) })
	synctest.Test(t, func(t *testing.T) {
		c, err := NewClient(Config{Servers: []string{server}, Mode: Off, Parallel: 1})
		if err != nil {
			t.Fatal(err)
		}
		c.slots <- struct{}{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := c.Lookup(ctx, "mx.example.test", A)
			done <- err
		}()
		synctest.Wait()
		select {
		case err := <-done:
			t.Errorf("asked beside another: %v", err)
		default:
		}
		cancel()
		if err := <-done; err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("%v", err)
		}
	})
}
