package jobs

import (
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
)

// TestPeopleFirst has a program that makes one scan at once do something for a campaign that does not end: whoever orders a scan does not wait
// for that.
func TestPeopleFirst(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 0), open(t, database)
		stuck, other := newMuteAt(t, "127.0.1.1:0"), newMute(t)
		x.add(t, stuck.Addr().String(), nil)
		close(other.hangUp)
		q := x.work(t, database, 1, nil)
		c := submit(t, s, 1)
		<-stuck.reached
		if got := over(t, s, order(t, q, "smtp://"+other.Addr().String()).ID); got.State != store.Done {
			t.Errorf("got %+v", got)
		}
		if c := campaign(t, s, c.ID); c.Over() {
			t.Errorf("the campaign had ended before: %+v", c)
		}
		close(stuck.hangUp)
		until(t, s, c.ID, (*store.Campaign).Over)
		stop(t, q)
	})
}

// TestCampaignNotStarved has people order more than a program makes at once, which does not end: the campaign goes on beside.
func TestCampaignNotStarved(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 2), open(t, database)
		stuck := newMute(t)
		q := x.work(t, database, 1, nil)
		first := order(t, q, "smtp://"+stuck.Addr().String())
		<-stuck.reached
		order(t, q, "imap://"+stuck.Addr().String())
		c := submit(t, s, 6)
		x.whole(t, s, until(t, s, c.ID, (*store.Campaign).Over), 6)
		if got, err := s.Scan(t.Context(), first.ID); err != nil || got.Over() {
			t.Errorf("the scan had ended before: %+v, %v", got, err)
		}
		close(stuck.hangUp)
		stop(t, q)
	})
}

// TestCampaignTaken takes work from a worker that others take for gone: it stops, and the work is done once.
func TestCampaignTaken(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 0), open(t, database)
		m := newMuteAt(t, "127.0.1.1:0")
		x.add(t, m.Addr().String(), nil)
		first := x.work(t, database, 2, nil)
		c := submit(t, s, 3)
		<-m.reached
		_, present, _ := first.presence.here()
		if err := s.RemoveWorker(t.Context(), first.place(t)); err != nil {
			t.Fatal(err)
		}
		second := x.work(t, database, 2, nil) // which looks at once who is gone
		<-present.Done()
		close(m.hangUp)
		if got := until(t, s, c.ID, (*store.Campaign).Over); got.Finished != 4 || got.Scanned != 1 {
			t.Errorf("got %+v", got)
		}
		for _, name := range []string{"d0.test", "d1.test", "d2.test"} {
			if list, err := s.History(t.Context(), name, 10); err != nil || len(list) != 1 {
				t.Errorf("%s has %d scans, %v", name, len(list), err)
			}
		}
		stop(t, first)
		stop(t, second)
	})
}

// TestCampaignAway takes the database away in the midst of a campaign, and wants it whole in the end.
func TestCampaignAway(t *testing.T) {
	database := realtest.Database(t, server.Use(t))
	x, s := newInternet(t, 3), open(t, database)
	m := newMuteAt(t, "127.0.1.4:0")
	x.add(t, m.Addr().String(), nil)
	q := x.work(t, database, 4, nil)
	c := submit(t, s, 8)
	<-m.reached
	realtest.TakeAway(t, server.Use(t), database)
	close(m.hangUp)
	realtest.GiveBack(t, server.Use(t), database)
	if got := until(t, open(t, database), c.ID, (*store.Campaign).Over); got.Finished != 9 || got.Scanned != 4 {
		t.Errorf("got %+v", got)
	}
	stop(t, q)
}
