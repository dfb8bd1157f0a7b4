package discover

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// connect connects to an address when it may.
func (f Fetcher) connect(ctx context.Context, host string, to netip.AddrPort, w wish) (net.Conn, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	leave := func() {}
	if f.Admit != nil {
		w.patience.pause()
		l, err := f.Admit(ctx, host, to.Addr())
		w.patience.goOn()
		if err != nil {
			return nil, err
		}
		leave = sync.OnceFunc(l)
	}
	dialer := net.Dialer{Timeout: w.timeout / (maxDials + 1)}
	conn, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil {
		leave()
		return nil, err
	}
	return &admitted{conn, leave}, nil
}

// An admitted connection tells when it has ended.
type admitted struct {
	net.Conn
	leave func()
}

func (a *admitted) Close() error {
	defer a.leave()
	return a.Conn.Close()
}

// A patience ends a context when it is over. Time in which it pauses does not count. Once it has ended, nothing counts: a dial of
// net/http's may outlive the one who asked for it.
type patience struct {
	mu     sync.Mutex
	left   time.Duration
	since  time.Time   // when it began, or went on
	timer  *time.Timer // nil: it pauses
	over   bool        // it has ended the context
	ended  bool        // by itself, or since it is needed no more
	cancel context.CancelFunc
}

func newPatience(ctx context.Context, d time.Duration) (context.Context, *patience) {
	ctx, cancel := context.WithCancel(ctx)
	p := &patience{left: d, cancel: cancel}
	p.goOn()
	return ctx, p
}

func (p *patience) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.since, p.timer = time.Now(), time.AfterFunc(p.left, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.timer != nil && !p.ended {
			p.over, p.ended = true, true
			p.cancel()
		}
	})
}

func (p *patience) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.timer.Stop()
	p.timer, p.left = nil, max(p.left-time.Since(p.since), 0)
}

// isOver reports whether it has ended the context.
func (p *patience) isOver() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// end is for when it is needed no more.
func (p *patience) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.ended = true
	p.cancel()
}
