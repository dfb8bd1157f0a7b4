package report

import (
	"fmt"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// hosts are n healthy hosts, of which each has a name, an address and a key of its own.
func hosts(t testing.TB, n int) []*evidence.Endpoint {
	var out []*evidence.Endpoint
	for i := range n {
		e := healthy(t)
		e.Target.Host = fmt.Sprintf("mx%d.example.org", i)
		e.Target.Address = fmt.Sprintf("192.0.%d.%d", i/250, i%250)
		e.Blobs.Certificates["leaf"].PublicKey.SHA256 = fmt.Sprintf("key %d", i)
		out = append(out, e)
	}
	return out
}

// BenchmarkBuild judges reports on many hosts.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		list := hosts(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				build(b, list...)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/host")
		})
	}
}
