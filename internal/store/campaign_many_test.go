package store

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestCampaignCircle has many begin, give back, finish and add endpoints of the same addresses at once: nobody waits for one who waits for him.
func TestCampaignCircle(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w, other := worker(t, s), worker(t, s)
		var names []string
		for i := range 48 {
			names = append(names, fmt.Sprintf("d%d.test", i))
		}
		newCampaign(t, s, "", names...)
		asked := claimed(t, s, w, len(names))
		var all sync.WaitGroup
		for group := range slices.Chunk(asked, 6) {
			all.Go(func() {
				for _, work := range group {
					if err := s.FoundDomain(t.Context(), &work, w, &evidence.Domain{Name: work.Ask.Name}, scattered(work.Ask.N)); err != nil {
						t.Errorf("%s: %v", work.Ask.Name, err)
					}
				}
			})
		}
		for range 2 {
			all.Go(func() {
				for range 12 {
					_, err := s.Claim(t.Context(), other, 8)
					if back := s.GiveBackWork(t.Context(), other); err != nil || back != nil {
						t.Errorf("begun: %v, given back: %v", err, back)
					}
				}
			})
		}
		all.Wait()
		var waiting, rows int
		do(t, s.queryRow(t.Context(), "SELECT (SELECT sum(waiting) FROM campaign_addresses), (SELECT count(*) FROM campaign_endpoints)").Scan(&waiting, &rows))
		if waiting != 8*len(names)+8 || rows != waiting {
			t.Errorf("%d are said to wait of %d", waiting, rows)
		}
	})
}

// scattered are places of a domain at addresses that all domains have, of which one endpoint each is its own and one everybody's.
func scattered(n int) (list []Place) {
	for i := range 8 {
		address := fmt.Sprintf("192.0.2.%d", (n*3+i)%8)
		list = append(list, at(address, "mx.test", fmt.Sprintf("p%d.test", i)), at(address, fmt.Sprintf("mx%d.test", n), fmt.Sprintf("q%d.test", n)))
	}
	return list
}
