package web

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/mailtls/mailtls"
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

// BenchmarkReportAnew serves the pages of more reports than are kept ready.
func BenchmarkReportAnew(b *testing.B) {
	s := serve(b, Allow(nil, Ports(nil)))
	target, _ := weak(b, "weak-client-order")
	rep, err := mailtls.Scan(b.Context(), target, &mailtls.Config{})
	if err != nil {
		b.Fatal(err)
	}
	var paths []string
	for kept := 0; kept < 2*maxMade; kept += len(s.get(b, paths[0], http.StatusOK)) {
		paths = append(paths, "/scans/"+s.keep(b, fmt.Sprintf("smtp://mail%d.example.org:25", len(paths)), rep))
	}
	for i := 0; b.Loop(); i++ {
		s.get(b, paths[i%len(paths)], http.StatusOK)
	}
}
