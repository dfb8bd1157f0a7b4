package discover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailtls/mailtls/internal/resolve"
)

// TestFetchAdmitted: each connection to a web server is asked for by the name that its aliases end in, and its end is told.
func TestFetchAdmitted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	twin, err := resolve.NewTwin("mta-sts.good.test. CNAME sts.provider.test.\nsts.provider.test. A 127.0.0.1\nsts.provider.test. A 127.0.0.2", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	left := 0
	f := Fetcher{Port: l.Addr().(*net.TCPAddr).Port, Admit: func(_ context.Context, host string, a netip.Addr) (func(), error) {
		asked = append(asked, fmt.Sprint(host, " ", a))
		return func() { left++ }, nil
	}}
	_ = f.policy(t.Context(), twin, "good.test")
	if want := []string{"sts.provider.test 127.0.0.1"}; !slices.Equal(asked, want) || left != 1 {
		t.Errorf("%q, %d left; want %q", asked, left, want)
	}
	refuses := Fetcher{Port: 1, Admit: f.Admit}
	asked, left = nil, 0
	_ = refuses.policy(t.Context(), twin, "good.test")
	if len(asked) != 2 || left != 2 {
		t.Errorf("%q, %d left", asked, left)
	}
	ctx, cancel := context.WithCancel(t.Context())
	f.Admit = func(ctx context.Context, _ string, _ netip.Addr) (func(), error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if got := f.policy(ctx, twin, "good.test"); got.Why != "interrupted" {
		t.Errorf("%+v", got)
	}
}

// TestPatience: the wait for a turn is none for an answer.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, p := newPatience(t.Context(), 10*time.Second)
		defer p.end()
		time.Sleep(5 * time.Second)
		p.pause()
		time.Sleep(time.Hour)
		p.goOn()
		time.Sleep(4 * time.Second)
		if ctx.Err() != nil || p.isOver() {
			t.Error("it ended early")
		}
		time.Sleep(2 * time.Second)
		if ctx.Err() == nil || !p.isOver() {
			t.Error("it did not end")
		}
	})
}

// TestPatienceEnded: a dial of net/http's may outlive what it was for. Then nothing is counted any more, nobody is asked, and nothing is
// connected to.
func TestPatienceEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, p := newPatience(t.Context(), time.Second)
		p.end()
		p.pause()
		p.goOn()
		p.end()
		time.Sleep(time.Minute)
		if p.isOver() {
			t.Error("it ran on after its end")
		}
		f := Fetcher{Admit: func(context.Context, string, netip.Addr) (func(), error) {
			t.Error("somebody was asked")
			return func() {}, nil
		}}
		if _, err := f.connect(ctx, "mta-sts.good.test", netip.MustParseAddrPort("127.0.0.1:1"), wish{patience: p, timeout: time.Second}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

// lateResolver answers when it is told to, whatever becomes of the context.
type lateResolver struct {
	resolve.Resolver
	asked, answer chan struct{}
}

func (r lateResolver) Lookup(ctx context.Context, name string, of resolve.Type) (*resolve.Answer, error) {
	if of == resolve.AAAA {
		close(r.asked)
		<-r.answer
	}
	return r.Resolver.Lookup(context.WithoutCancel(ctx), name, of)
}

// TestFetchOutlived: a lookup that succeeds after the fetch has ended leads to no connection.
func TestFetchOutlived(t *testing.T) {
	twin, err := resolve.NewTwin("mta-sts.good.test. A 127.0.0.1\nmta-sts.good.test. AAAA ::1", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := lateResolver{twin, make(chan struct{}), make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-r.asked
			cancel()
		}()
		f := Fetcher{Port: 1, Admit: func(context.Context, string, netip.Addr) (func(), error) {
			t.Error("somebody was asked")
			return nil, context.Canceled
		}}
		if got := f.policy(ctx, r, "good.test"); got.Why != "interrupted" {
			t.Errorf("%+v", got)
		}
		close(r.answer)
		synctest.Wait()
	})
}
