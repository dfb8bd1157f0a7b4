package starttls

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func isError(err, target error) bool { return errors.Is(err, target) }

// at plays a script in fake time and returns the result and how long it took.
func at(t *testing.T, ctx context.Context, p Protocol, script string, opt Options) (*Result, time.Duration) {
	conn := play(t, script, whole)
	began := time.Now()
	return Start(ctx, conn, p, opt), time.Since(began)
}

func TestPostscreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The pipe has no buffer: a client that spoke in the 6 seconds would be
		// found out by the expectation after them.
		res, took := at(t, t.Context(), SMTP, `
			S: 220-mx.example ESMTP
			wait 6s
			S: 220 mx.example ESMTP
			C: EHLO scan.example
			S: 250-mx.example
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go`, Options{Helo: "scan.example"})
		if res.Outcome != Ready || took != 6*time.Second {
			t.Errorf("outcome %s after %v: %v", res.Outcome, took, res.Err)
		}
		if l := res.Dialogue.Lines; l[0].At != 0 || l[1].At != 6*time.Second || l[2].From != Client || l[2].At < 6*time.Second {
			t.Errorf("dialogue %+v", l)
		}
		if res.Greeting != "220-mx.example ESMTP\n220 mx.example ESMTP" {
			t.Errorf("greeting %q", res.Greeting)
		}
	})
}

func TestSilence(t *testing.T) {
	const helo = "S: 220 mx\nC: EHLO scan.example\n"
	tests := []struct {
		name   string
		script string
		opt    Options
		took   time.Duration
		step   Step
	}{
		{"greeting, default", "wait 1h", Options{}, 30 * time.Second, StepGreeting},
		{"greeting", "wait 1h", Options{GreetingTimeout: 5 * time.Second}, 5 * time.Second, StepGreeting},
		{"slow greeting", "wait 29s\nS: 220 mx\nC: EHLO scan.example\nwait 1h", Options{}, 44 * time.Second, StepCapabilities},
		{"half a line", "s: 220 mx\nwait 1h", Options{}, 30 * time.Second, StepGreeting},
		{"half a reply", "S: 220-mx\nwait 1h", Options{}, 30 * time.Second, StepGreeting},
		{"EHLO, default", helo + "wait 1h", Options{}, 15 * time.Second, StepCapabilities},
		{"EHLO", helo + "S: 250-mx\nwait 1h", Options{Timeout: time.Second}, time.Second, StepCapabilities},
		{"STARTTLS", helo + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nwait 1h", Options{}, 15 * time.Second, StepSTARTTLS},
		{"a byte now and then", "s: 2\nwait 9s\ns: 2\nwait 9s\ns: 0\nwait 9s\ns: x\nwait 1h", Options{}, 30 * time.Second, StepGreeting},
		{"client's write", "S: 220 mx\nwait 1h", Options{}, 15 * time.Second, StepCapabilities},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.opt.Helo = "scan.example"
				res, took := at(t, t.Context(), SMTP, tt.script, tt.opt)
				if res.Outcome != Timeout || res.Step != tt.step || took != tt.took || !isError(res.Err, os.ErrDeadlineExceeded) {
					t.Errorf("outcome %s at %s after %v: %v", res.Outcome, res.Step, took, res.Err)
				}
			})
		})
	}
}

// Garbage without a line end is another protocol, silence is not.
func TestSilenceAfterGarbage(t *testing.T) {
	for says, want := range map[string]Outcome{"S": NotThisProtocol, "2": Timeout, `22\0`: NotThisProtocol} {
		synctest.Test(t, func(t *testing.T) {
			if res, _ := at(t, t.Context(), SMTP, "s: "+says+"\nwait 1h", Options{}); res.Outcome != want {
				t.Errorf("%q: %s, want %s", says, res.Outcome, want)
			}
		})
	}
}

func TestContext(t *testing.T) {
	t.Run("canceled while waiting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			res, took := at(t, ctx, IMAP, "wait 1h", Options{})
			if res.Outcome != Canceled || took != 3*time.Second {
				t.Errorf("outcome %s after %v: %v", res.Outcome, took, res.Err)
			}
		})
	})
	t.Run("canceled before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			res, took := at(t, ctx, IMAP, "S: * OK", Options{})
			if res.Outcome != Canceled || took != 0 || len(res.Dialogue.Lines) != 0 {
				t.Errorf("outcome %s after %v: %v", res.Outcome, took, res.Err)
			}
		})
	})
	t.Run("canceled on a connection that has no deadlines", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		res := Start(ctx, &replay{says: "* BYE\r\n", piece: 9}, IMAP, Options{})
		if res.Outcome != Canceled || !isError(res.Err, context.Canceled) {
			t.Errorf("outcome %s: %v", res.Outcome, res.Err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			res, took := at(t, ctx, IMAP, "wait 1h", Options{})
			if res.Outcome != Timeout || took != 2*time.Second {
				t.Errorf("outcome %s after %v: %v", res.Outcome, took, res.Err)
			}
		})
	})
}

// A connection that is ready has no deadline left of ours.
func TestNoDeadlineLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		conn := play(t, "S: +OK\nC: STLS\nS: +OK\nwait 1h\ns: x", whole)
		res := Start(ctx, conn, POP3, Options{SkipCapabilities: true})
		cancel()
		synctest.Wait()
		if n, err := conn.Read(make([]byte, 1)); res.Outcome != Ready || n != 1 {
			t.Errorf("outcome %s, then %v", res.Outcome, err)
		}
	})
}

// unset is a connection that cannot have deadlines.
type unset struct{ net.Conn }

func (unset) SetDeadline(time.Time) error { return os.ErrNoDeadline }

func TestNoDeadlines(t *testing.T) {
	if res := Start(t.Context(), unset{&replay{}}, SMTP, Options{}); res.Outcome != Failed {
		t.Errorf("outcome %s", res.Outcome)
	}
}
