package probe

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestTurn wants connections made between the begin and the end of the turn alone, and none where it never comes.
func TestTurn(t *testing.T) {
	var turn, outside, inside atomic.Int32
	cfg := Config{
		Turn: func(_ context.Context, address string) (func(), error) {
			if address != "127.0.0.1" {
				t.Errorf("the turn is one at %q", address)
			}
			turn.Add(1)
			return func() { turn.Add(-1) }, nil
		},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if turn.Load() != 1 {
				outside.Add(1)
			}
			inside.Add(1)
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
	target := evidence.Target{Protocol: "imaps", Host: "mail.example.org", Address: "127.0.0.1", Port: refuser(t)}
	if _, err := Scan(t.Context(), target, cfg); err != nil {
		t.Fatal(err)
	}
	if outside.Load() > 0 || inside.Load() == 0 || turn.Load() != 0 {
		t.Errorf("%d connections, %d of them out of turn, which is %d at the end", inside.Load(), outside.Load(), turn.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cfg.Turn = func(ctx context.Context, _ string) (func(), error) {
		cancel()
		return nil, ctx.Err()
	}
	before := inside.Load()
	ep, err := Scan(ctx, target, cfg)
	if err != nil || inside.Load() > before || ep.Cost.Connections > 0 {
		t.Errorf("its turn never came: %d connections, %v", inside.Load()-before, err)
	}
}
