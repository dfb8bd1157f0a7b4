package web

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// TestLeftovers wants no part of a body that is too large to be read as the next request: a proxy that shares its connections among visitors would
// hand the answer to another.
func TestLeftovers(t *testing.T) {
	s := monitored(t)
	const within = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, c := range []struct{ path, kind string }{{"/api/v1/scans", jsonKind}, {"/api/v1/monitors", jsonKind}, {"/scans", formKind}, {"/monitors", formKind}, {"/nothing", formKind}} {
		for _, size := range []int{maxBody + 1, 2 * maxBody, 1 << 20} {
			body := strings.Repeat(within, size/len(within)+1)
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			go func() { // until nobody reads any more
				_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", c.path, c.kind, len(body), body)
				_, _ = fmt.Fprint(conn, "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
			}()
			text, _ := io.ReadAll(conn) // it may be cut
			_ = conn.Close()
			if strings.Contains(string(text), "\r\n\r\nok\n") || strings.Contains(string(text), "400 Bad Request") || strings.Count(string(text), "HTTP/1.1 ") > 2 {
				t.Errorf("%s, %d bytes: the body was read as a request: %.2000s", c.path, size, text)
			}
		}
	}
}
