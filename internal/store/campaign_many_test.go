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

// TestCampaignWake has more domains await an endpoint than are woken at a time: all are, also if the program that finished it ended before.
func TestCampaignWake(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w := worker(t, s)
		var names []string
		for i := range wakeAt + 1 {
			names = append(names, fmt.Sprintf("d%d.test", i))
		}
		c := newCampaign(t, s, "", names...)
		asked := claimed(t, s, w, 1)
		found(t, s, asked[0], w, at("192.0.2.1", "mx.test", "mx.test"), at("192.0.2.2", "mx.test", "mx.test"))
		scans := claimed(t, s, w, 2)
		await := "UPDATE campaign_domains SET state = 'found', awaits = ?"
		awaiting := func() (n int) {
			do(t, s.queryRow(t.Context(), "SELECT count(*) FROM campaign_domains WHERE awaits > 0").Scan(&n))
			return n
		}
		do(t, s.exec(t.Context(), await, scans[0].Scan.ID))
		do(t, s.TakeOverWork(t.Context()))
		if n := awaiting(); n != len(names) {
			t.Errorf("%d await what is not scanned", n)
		}
		do(t, s.FinishEndpoint(t.Context(), &scans[0], w, Outcome{}))
		if n := awaiting(); n > 0 {
			t.Errorf("%d await what is scanned", n)
		}
		do(t, s.exec(t.Context(), await, scans[0].Scan.ID)) // as if it had ended there
		do(t, s.TakeOverWork(t.Context()))
		if n := awaiting(); n > 0 {
			t.Errorf("%d are left", n)
		}
		do(t, s.exec(t.Context(), await, scans[1].Scan.ID))
		do(t, s.FinishEndpoint(t.Context(), &scans[1], "another", Outcome{}))
		if n := awaiting(); n != len(names) {
			t.Errorf("%d of %s await what another says is scanned", n, c.ID)
		}
	})
}

// TestCampaignForgotten removes a campaign alone, never rows with it: they may be many.
func TestCampaignForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w := worker(t, s)
		tables := []string{"campaign_domains", "campaign_endpoints", "campaign_addresses"}
		for _, table := range tables {
			c := newCampaign(t, s, "", "a.test")
			found(t, s, claimed(t, s, w, 1)[0], w, at("192.0.2.1", "mx.test", "mx.test"))
			do(t, s.DeleteCampaign(t.Context(), "", c.ID))
			for _, other := range tables {
				if other != table {
					do(t, s.exec(t.Context(), "DELETE FROM "+other))
				}
			}
			do(t, s.forget(t.Context(), c.ID))
			left, err := s.change(t.Context(), "DELETE FROM "+table)
			if err != nil || left != 1 {
				t.Errorf("%d rows of %s are left: %v", left, table, err)
			}
			do(t, s.forget(t.Context(), c.ID))
			if n, err := s.change(t.Context(), "DELETE FROM campaigns"); err != nil || n != 0 {
				t.Errorf("it is left: %d, %v", n, err)
			}
		}
	})
}

// TestCampaignProviders wants a provider spared also at addresses where the first server is another's, and others scanned there.
func TestCampaignProviders(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w := worker(t, s)
		newCampaign(t, s, "", "a.test")
		var places []Place
		for i := range 2 * atOnceOfProvider {
			address := fmt.Sprintf("192.0.2.%d", i+1)
			places = append(places, at(address, "mx.own.test", fmt.Sprintf("own%d.test", i)), at(address, "mx.big.test", "big.test"))
		}
		places = append(places, at("192.0.2.1", "mx.late.test", "late.test"))
		found(t, s, claimed(t, s, w, 1)[0], w, places...)
		first := claimed(t, s, w, 100)
		for i := range first {
			do(t, s.FinishEndpoint(t.Context(), &first[i], w, Outcome{}))
		}
		if len(first) != 2*atOnceOfProvider {
			t.Fatalf("begun %+v", first)
		}
		begun := make(map[string]int)
		for _, work := range claimed(t, s, w, 100) {
			begun[work.Scan.Host]++
		}
		if begun["mx.big.test"] != atOnceOfProvider {
			t.Errorf("begun at once: %v", begun)
		}
		do(t, s.exec(t.Context(), "UPDATE campaign_endpoints SET address = address || 'x' WHERE state = 'scanning'")) // the addresses are free, the provider is not
		begun = make(map[string]int)
		for _, work := range claimed(t, s, w, 100) {
			begun[work.Scan.Host]++
		}
		if len(begun) != 1 || begun["mx.late.test"] != 1 {
			t.Errorf("then begun: %v", begun)
		}
	})
}
