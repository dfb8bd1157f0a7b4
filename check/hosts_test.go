package check

import (
	"fmt"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestManyHosts compares each host with all others: twice as many are twice the work, counted in what is allocated.
func TestManyHosts(t *testing.T) {
	check, _ := ByID("cert-reused-key")
	p := mailPolicy(t)
	work := func(n int) float64 {
		var list []*evidence.Endpoint
		for i := range n {
			e := otherHost(withTLS)[0]
			e.Target.Host, e.Target.Address = fmt.Sprintf("mx%d.example.org", i), fmt.Sprintf("192.0.2.%d", i)
			list = append(list, e)
		}
		return testing.AllocsPerRun(1, func() {
			hosts := NewHosts(list...)
			for _, e := range list {
				check.Run(hosts.Subject(e), p)
			}
		})
	}
	if few, many := work(50), work(100); many > 2.5*few {
		t.Errorf("50 hosts take %.0f allocations, 100 take %.0f", few, many)
	}
}
