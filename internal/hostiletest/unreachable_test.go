package hostiletest

import (
	"context"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/report"
)

// TestUnreachable scans an IPv6 address from machines without IPv6, in the forms that systems say so, and one that is silent:
// all is unknown, for a reason that people understand, and nothing fails.
func TestUnreachable(t *testing.T) {
	call := func(name string, no syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError(name, no)}
	}
	for name, c := range map[string]struct {
		err error
		why string
	}{
		"no route":          {call("connect", syscall.ENETUNREACH), "no route to this address"},
		"no source address": {call("connect", syscall.EADDRNOTAVAIL), "no route to this address"},
		"no IPv6 at all":    {call("socket", syscall.EAFNOSUPPORT), "no route to this address"},
		"silence":           {&net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}, "no answer to the connection attempt"},
	} {
		t.Run(name, func(t *testing.T) {
			target := evidence.Target{Input: "smtp://mail.lab.test", Protocol: "smtp", Host: "mail.lab.test", Address: "2001:db8::1", Port: 25}
			dial := func(context.Context, string, string) (net.Conn, error) { return nil, c.err }
			ep, err := probe.Scan(t.Context(), target, probe.Config{Dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range evidence.Keys() {
				if state, why := k.Condition(&ep.Facts); state == evidence.Known || state == evidence.Partial || why == "" {
					t.Errorf("fact %s is %v: %q", k.Name, state, why)
				}
			}
			if f := ep.Facts.Reachable; f.State != evidence.Unknown || !strings.Contains(f.Why, c.why) {
				t.Errorf("reachable is %v: %q", f.State, f.Why)
			}
			r := judged(t, ep)
			for _, f := range r.Endpoints[0].Findings {
				if f.Level == check.Fail || f.Level == check.Pass || f.Level == check.Warn {
					t.Errorf("%s is %v", f.Check, f.Level)
				}
			}
			if r.Complete() || r.Endpoints[0].Verdict != report.Incomplete {
				t.Errorf("verdict %v, complete: %v", r.Endpoints[0].Verdict, r.Complete())
			}
		})
	}
}
