package mailtls

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestAdmit: each connection of a target asks first and gives back afterwards, and one that may not be made is not made.
func TestAdmit(t *testing.T) {
	s := &Stages{cfg: Config{Quick: true}}
	target := evidence.Target{Protocol: "imaps", Host: "mail.example.org", Address: "127.0.0.1", Port: 1}
	var entered, left atomic.Int32
	e, err := s.ScanTarget(t.Context(), target, func(context.Context) (func(), error) {
		entered.Add(1)
		return func() { left.Add(1) }, nil
	})
	if err != nil || entered.Load() == 0 || entered.Load() != left.Load() || e.Target != target {
		t.Errorf("%d entered, %d left: %v", entered.Load(), left.Load(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e, err = s.ScanTarget(ctx, target, func(context.Context) (func(), error) {
		cancel()
		return nil, errors.New("ended")
	})
	if err != nil || e.Cost.Connections != 0 || len(e.Observations) != 0 {
		t.Errorf("%+v, %v", e.Cost, err)
	}
}
