package realtest

import (
	"context"
	"time"
)

// spare is how long before the end of all tests a test gives up waiting, so that it can say what it waited for.
const spare = 15 * time.Second

// Patience ends when t does, or shortly before its time is up (go test -timeout).
func Patience(t TB) context.Context {
	ctx := t.Context()
	d, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return ctx
	}
	if at, limited := d.Deadline(); limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, at.Add(-spare))
		t.Cleanup(cancel)
	}
	return ctx
}
