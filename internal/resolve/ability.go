package resolve

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// An ability is what a name server does for DNSSEC. Many that stand between a machine and the DNS leave signatures out, or the
// proofs that something is not there: by way of them every signed zone would look forged.
type ability struct {
	why string // why nothing can be said of DNSSEC by way of it; "" if it can
}

// otherName tells what to do about a name server that is not able.
const otherName = ": name another with --resolver"

// ability finds out what a server does for DNSSEC, by asking for what the zone of the trust anchor is sure to have. The error is that
// it does not answer at all.
func (c *Client) ability(ctx context.Context, server string, networks []string) (ability, error) {
	return c.abilities.get(ctx, server, func(ctx context.Context) (ability, time.Duration, error) {
		keys, failed := c.ask(ctx, server, c.anchors[0].Hdr.Name, Type(dns.TypeDNSKEY), c.mode == Trust, networks...)
		if failed != nil && !failed.answered {
			return ability{}, 0, failed
		}
		why := ""
		switch {
		case c.mode == Off:
		case failed != nil:
			why = failed.Why + " when it is asked for the keys of the trust anchor"
		case c.mode == Trust && !keys.AuthenticatedData:
			why = "the name server " + plain(server) + " does not validate"
		case c.mode == Local && !shows(keys.Answer, dns.TypeDNSKEY):
			why = "the name server " + plain(server) + " hands out no signatures"
		case c.mode == Local:
			none, failed := c.ask(ctx, server, c.anchors[0].Hdr.Name, Type(dns.TypeHINFO), false, networks...)
			if failed != nil && !failed.answered {
				return ability{}, 0, failed
			}
			if failed != nil || len(none.Answer) == 0 && !shows(none.Ns, dns.TypeNSEC) && !shows(none.Ns, dns.TypeNSEC3) {
				why = "the name server " + plain(server) + " does not hand out the proofs that something is not there"
			}
		}
		if why != "" {
			return ability{why + otherName}, failureLife, nil
		}
		return ability{}, longest, nil
	})
}

// shows reports whether list has records of a type, and a signature of that type.
func shows(list []dns.RR, t uint16) bool {
	var record, signature bool
	for _, rr := range list {
		sig, ok := rr.(*dns.RRSIG)
		record, signature = record || rr.Header().Rrtype == t, signature || ok && sig.TypeCovered == t
	}
	return record && signature
}

// Ready asks every server whether it is there. The error is that none answers, and says so of each.
func (c *Client) Ready(ctx context.Context) error {
	silent, _ := c.tried(ctx)
	if slices.Contains(silent, "") {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.New("the DNS does not answer: " + strings.Join(silent, "; ") + otherName)
}

// Lacks asks every server what it does for DNSSEC, and tells why of those that do not answer, and of those by way of which nothing can be said.
func (c *Client) Lacks(ctx context.Context) (silent, unable []string) {
	silent, unable = c.tried(ctx)
	none := func(why string) bool { return why == "" }
	return slices.DeleteFunc(silent, none), slices.DeleteFunc(unable, none)
}

// tried asks every server, and tells why it does not answer, and else why it is not able.
func (c *Client) tried(ctx context.Context) (silent, unable []string) {
	silent, unable = make([]string, len(c.servers)), make([]string, len(c.servers))
	var wg sync.WaitGroup
	for i, server := range c.servers {
		wg.Go(func() {
			var a ability
			var err error
			for try := range tries {
				if a, err = c.ability(ctx, server, networks(try)); err == nil || ctx.Err() != nil {
					break
				}
			}
			unable[i] = a.why
			if err != nil {
				silent[i] = about(err, ".", NS).Why
			}
		})
	}
	wg.Wait()
	return silent, unable
}
