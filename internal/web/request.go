package web

import (
	"context"
	"crypto/rand"
	"log/slog"
)

// requestKey is the key of the ID of a request.
type requestKey struct{}

// newRequest gives a request an ID, by which the log can be searched: whoever asked is told it in X-Request-Id.
func newRequest(ctx context.Context) (with context.Context, id string) {
	id = rand.Text()[:12]
	return context.WithValue(ctx, requestKey{}, id), id
}

// requestIn is the ID of the request that is answered, or "".
func requestIn(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// byRequest is a handler that tells with what is logged which request it is about.
type byRequest struct{ slog.Handler }

// Handle is that of [slog.Handler].
func (h byRequest) Handle(ctx context.Context, r slog.Record) error {
	if id := requestIn(ctx); id != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs is that of [slog.Handler].
func (h byRequest) WithAttrs(attrs []slog.Attr) slog.Handler {
	return byRequest{h.Handler.WithAttrs(attrs)}
}

// WithGroup is that of [slog.Handler].
func (h byRequest) WithGroup(name string) slog.Handler { return byRequest{h.Handler.WithGroup(name)} }
