package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
)

// Running is a server that listens.
type Running struct {
	Server Server
	Addr   string // 127.0.0.1:port
	CA     *CA

	identities []identity
	dh         dhKey // the key of DHParams.Reuse
	export     dhKey
	points     *points
	sessions   *legacy.Sessions
	tickets    *tickets13
	listener   net.Listener
	cancel     context.CancelFunc
	served     sync.WaitGroup

	mu    sync.Mutex
	count int       // connections since since
	total int       // connections ever
	open  int       // connections now
	since time.Time // beginning of the throttle's window
}

// Start runs s on a free port of 127.0.0.1 until Close is called or ctx is done.
func Start(ctx context.Context, s Server, ca *CA) (*Running, error) {
	return Listen(ctx, s, ca, "127.0.0.1:0")
}

// Listen is Start on a chosen address, which must be a loopback one.
func Listen(ctx context.Context, s Server, ca *CA, addr string) (*Running, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("starting lab server %s: %w", s.Name, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("starting lab server %s: %s is not a loopback address", s.Name, host)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("starting lab server %s: %w", s.Name, err)
	}
	r, err := Serve(ctx, s, ca, l)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return r, nil
}

// Serve is Start on a listener, which Close will close: one in memory, for a test with a clock of its own, or one that only
// this machine can reach.
func Serve(ctx context.Context, s Server, ca *CA, l net.Listener) (*Running, error) {
	r := &Running{Server: s, CA: ca, points: newPoints(s.ReuseECDH), listener: l, Addr: l.Addr().String(),
		sessions: legacy.NewSessions(s.Quirks.Attack.Ticket.Keys), tickets: &tickets13{secrets: map[string][]byte{}}}
	if err := r.prepare(); err != nil {
		return nil, fmt.Errorf("starting lab server %s: %w", s.Name, err)
	}
	ctx, r.cancel = context.WithCancel(ctx)
	r.served.Add(1)
	go r.accept(ctx)
	return r, nil
}

// prepare makes what all connections share: certificates and reused keys.
func (r *Running) prepare() error {
	for _, c := range r.Server.Certificates {
		id, err := r.CA.issue(c)
		if err != nil {
			return err
		}
		r.identities = append(r.identities, id)
	}
	var err error
	if r.export, err = newDHKey(DHParams{P: modSSL512}); err != nil {
		return err
	}
	if r.Server.DH.Reuse {
		r.dh, err = newDHKey(r.Server.DH)
	}
	return err
}

// Close stops listening, ends all connections and waits until they are gone.
func (r *Running) Close() error {
	r.cancel()
	r.served.Wait()
	return nil
}

// Connections returns how many connections the server has accepted so far.
func (r *Running) Connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

// accept serves connections until ctx is done.
func (r *Running) accept(ctx context.Context) {
	defer r.served.Done()
	stop := context.AfterFunc(ctx, func() { r.listener.Close() })
	defer stop()
	for {
		conn, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the client went away before it was served
		}
		r.served.Add(1)
		go r.serve(ctx, conn)
	}
}

// serve handles one connection.
func (r *Running) serve(ctx context.Context, conn net.Conn) {
	defer r.served.Done()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	number, refused := r.admit(time.Now())
	defer r.leave()
	s := &session{Running: r, ctx: ctx, number: number, raw: conn, in: bufio.NewReader(conn), out: conn}
	s.watched(time.Now())
	var err error
	if refused {
		err = s.throttle()
	} else {
		err = s.run()
	}
	s.told(err)
	if errors.Is(err, errReset) {
		s.reset()
		return
	}
	s.finish()
}

// admit counts a connection, and says which it is and whether it is one too many.
func (r *Running) admit(now time.Time) (number int, refused bool) {
	t := r.Server.Throttle
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.Every > 0 && now.Sub(r.since) >= t.Every {
		r.since, r.count = now, 0
	}
	r.count++
	r.total++
	r.open++
	refused = t.After != 0 && r.count > t.After || t.AtOnce > 0 && r.open > t.AtOnce
	return r.total, refused
}

func (r *Running) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
}
