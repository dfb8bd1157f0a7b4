package web

import (
	"net/http"
	"net/url"
	"testing"
)

// BenchmarkReport serves the page of a stored report.
func BenchmarkReport(b *testing.B) {
	target, port := weak(b, "weak-client-order")
	s := serve(b, loopback(port), port)
	_, path := s.post(b, url.Values{"target": {target}, "depth": {"full"}}, http.StatusOK)
	s.watch(b, path)
	for b.Loop() {
		s.get(b, path, http.StatusOK)
	}
}
