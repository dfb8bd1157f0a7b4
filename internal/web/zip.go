package web

import (
	"compress/gzip"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// zipped compresses what next answers where a browser takes it, but for the events of a scan, which are to be there at once, and for
// monitors and accounts, whose secrets a length could tell (BREACH, CVE-2013-3587). The fastest level makes pages larger by some
// tenth, and takes half the time.
func zipped(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.ContentTypes([]string{"text/html", "text/css", "text/javascript", "text/plain", "text/csv", "image/svg+xml",
		"application/json", "application/jsonl", "application/problem+json", "application/sarif+json", "application/xml", "application/openapi+json"}))
	if err != nil {
		return nil, err
	}
	small := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/events") || private(r.URL.Path) || bringsList(r) {
			next.ServeHTTP(w, r)
			return
		}
		small.ServeHTTP(w, r)
	}), nil
}

// private reports whether a page may have secrets of somebody.
func private(path string) bool {
	return strings.Contains(path, "/monitors") || strings.HasPrefix(path, "/account") || strings.HasPrefix(path, "/sign-in")
}
