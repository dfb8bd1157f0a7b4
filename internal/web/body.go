package web

import (
	"io"
	"net/http"
)

// body is what a request brings, up to a limit that is another once it is known who asks.
type body struct {
	io.ReadCloser // with the limit
	whole         io.ReadCloser
	w             http.ResponseWriter
}

// bodyOf limits the body of a request. What is not read of it is left to net/http.
func bodyOf(w http.ResponseWriter, r *http.Request) *body {
	return &body{http.MaxBytesReader(w, r.Body, maxBody), r.Body, w}
}

// roomForLists lets those who may have campaigns bring a list, which has more bytes than all else, and takes more time. Others are not to keep
// the service busy with one.
func (s *server) roomForLists(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, limited := r.Body.(*body)
		if _, ok := s.owner(r); ok && limited && s.Hooks != nil && bringsList(r) {
			b.ReadCloser = http.MaxBytesReader(b.w, b.whole, maxDrained)
			patient(w)
		}
		next.ServeHTTP(w, r)
	})
}
