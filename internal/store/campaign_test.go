package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

func newCampaign(t *testing.T, s *Store, owner string, names ...string) *Campaign {
	t.Helper()
	c := &Campaign{Owner: owner, Name: "x", Quick: true, Policy: "mail"}
	err := s.AddCampaign(t.Context(), c, 100)
	if err != nil {
		t.Fatal(err)
	}
	var list []Name
	for i, name := range names {
		list = append(list, Name{N: i + 1, Name: name, Line: i + 1})
	}
	if _, err = s.AddNames(t.Context(), c.ID, list); err == nil {
		err = s.BeginCampaign(t.Context(), c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func claimed(t *testing.T, s *Store, worker string, n int) []Work {
	t.Helper()
	list, err := s.Claim(t.Context(), worker, n)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func at(address, host, provider string) Place {
	return Place{Target: evidence.Target{Address: address, Port: 25, Protocol: "smtp", Host: host}, Provider: provider}
}

// found has a domain lead to places.
func found(t *testing.T, s *Store, w Work, worker string, places ...Place) {
	t.Helper()
	if w.Ask == nil {
		t.Fatalf("the work is %+v", w)
	}
	do(t, s.FoundDomain(t.Context(), &w, worker, &evidence.Domain{Name: w.Ask.Name}, places))
}

// TestCampaignOrder has domains share endpoints: each is begun once, an address and a provider bear only so much, and a domain is judged when
// the last of its endpoints is scanned.
func TestCampaignOrder(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w := worker(t, s)
		newCampaign(t, s, "", "a.test", "b.test", "c.test")
		list := claimed(t, s, w, 10)
		if len(list) != 3 {
			t.Fatalf("begun %+v", list)
		}
		shared := []Place{at("192.0.2.1", "mx.p.test", "p.test"), at("192.0.2.1", "mx2.p.test", "p.test"), at("192.0.2.2", "mx.p.test", "p.test")}
		for i := range 6 {
			shared = append(shared, at(fmt.Sprintf("192.0.2.1%d", i), "mx.p.test", "p.test"))
		}
		found(t, s, list[0], w, shared...)
		found(t, s, list[1], w, shared...)
		found(t, s, list[2], w) // it leads nowhere
		list = claimed(t, s, w, 10)
		if len(list) != 1+atOnceOfProvider || len(list[0].Join) != 1 || list[0].Join[0].Name != "c.test" {
			t.Fatalf("begun %+v", list)
		}
		bounded := &report.Report{Schema: evidence.Schema, Endpoints: []report.Endpoint{{AtBest: "D", Endpoint: new(evidence.Endpoint)}}}
		do(t, s.FinishDomain(t.Context(), &list[0], &list[0].Join[0], w, Result{Report: bounded, Row: "row", Worst: 250}))
		done, err := s.History(t.Context(), "c.test", 1)
		if members, e := s.Members(t.Context(), list[0].Campaign.ID, 0, 0, 1); err != nil || e != nil || done[0].GradeText() != "D at best" || members[0].Grade != "" || members[0].AtBest != "D" {
			t.Errorf("of no grade: %+v, %+v, %v, %v", done, members, err, e)
		}
		if more := claimed(t, s, w, 10); len(more) > 0 {
			t.Errorf("more than a provider bears: %+v", more)
		}
		scanned := make(map[int64]bool)
		for work := list[1:]; ; work = claimed(t, s, w, 10) {
			if len(work) == 0 {
				t.Fatal("there is nothing more to do")
			}
			if join := work[0].Join; join != nil && len(scanned) == len(shared) {
				if len(work) != 1 || len(join) != 2 {
					t.Errorf("to be judged: %+v", work)
				}
				break
			}
			for i := range work {
				for k := range work[i].Join { // the one that was to be the last was not
					do(t, s.Await(t.Context(), &work[i], &work[i].Join[k], w, shared))
				}
				if work[i].Scan == nil {
					continue
				}
				if scanned[work[i].Scan.ID] {
					t.Fatalf("begun again: %+v", work[i])
				}
				scanned[work[i].Scan.ID] = true
				do(t, s.FinishEndpoint(t.Context(), &work[i], w, Outcome{Evidence: &evidence.Endpoint{Target: work[i].Scan.Target}}))
			}
		}
	})
}

// TestCampaignTurns wants campaigns to take turns, and addresses that others have or that rest left out.
func TestCampaignTurns(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w, other := worker(t, s), worker(t, s)
		a, b := newCampaign(t, s, "", "a1.test", "a2.test", "a3.test"), newCampaign(t, s, "", "b1.test", "b2.test", "b3.test")
		var order []string
		for range 4 {
			order = append(order, claimed(t, s, w, 1)[0].Campaign.ID)
		}
		if slices.Equal(order, []string{a.ID, a.ID, a.ID, b.ID}) || order[0] == order[1] || order[0] != order[2] || order[1] != order[3] {
			t.Errorf("turns of %s and %s: %v", a.ID, b.ID, order)
		}
		do(t, s.PauseCampaign(t.Context(), "", b.ID))
		list := claimed(t, s, w, 1)
		found(t, s, list[0], w, at("192.0.2.1", "mx.test", "mx.test"), at("192.0.2.1", "mx2.test", "mx2.test"))
		if held, _, err := s.Hold(t.Context(), other, "192.0.2.1"); err != nil || !held {
			t.Fatal(held, err)
		}
		if list := claimed(t, s, w, 5); len(list) > 0 {
			t.Errorf("begun at an address that another has: %+v", list)
		}
		do(t, s.Release(t.Context(), other, "192.0.2.1"))
		list = claimed(t, s, w, 5)
		if len(list) != 1 || len(claimed(t, s, other, 5)) > 0 {
			t.Fatalf("begun %+v", list)
		}
		do(t, s.FinishEndpoint(t.Context(), &list[0], w, Outcome{Evidence: new(evidence.Endpoint), Rest: time.Hour, Throttled: true, Again: true}))
		if list := claimed(t, s, w, 5); len(list) > 0 {
			t.Errorf("begun at an address that rests: %+v", list)
		}
		do(t, s.exec(t.Context(), "UPDATE rests SET until_ms = 0"))
		if list := claimed(t, s, w, 5); len(list) != 1 || list[0].Scan.Again != 1 || list[0].Scan.Times != 1 {
			t.Errorf("then begun %+v", list)
		}
	})
}

// TestCampaignLost has workers go: what they were at is begun anew, and what they say of it later is not kept.
func TestCampaignLost(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		gone, w := worker(t, s), worker(t, s)
		c := newCampaign(t, s, "", "a.test")
		first := claimed(t, s, gone, 1)
		do(t, s.TakeOverWork(t.Context()))
		if list := claimed(t, s, w, 1); len(list) > 0 {
			t.Errorf("taken from one who lives: %+v", list)
		}
		do(t, s.RemoveWorker(t.Context(), gone))
		do(t, s.TakeOverWork(t.Context()))
		second := claimed(t, s, w, 1)
		if len(second) != 1 || second[0].Ask.Tries != 2 {
			t.Fatalf("begun %+v", second)
		}
		found(t, s, first[0], gone, at("192.0.2.9", "late.test", "late.test"))
		found(t, s, second[0], w, at("192.0.2.1", "mx.test", "mx.test"))
		second = claimed(t, s, w, 1)
		do(t, s.GiveBackWork(t.Context(), w))
		second = append(second, claimed(t, s, w, 1)...)
		if len(second) != 2 || second[1].Scan.ID != second[0].Scan.ID || second[1].Scan.Tries != 1 || second[1].Scan.Host != "mx.test" {
			t.Fatalf("begun %+v, %+v", second[0].Scan, second[1:])
		}
		do(t, s.FinishEndpoint(t.Context(), &second[1], gone, Outcome{Evidence: &evidence.Endpoint{Cost: evidence.Cost{Connections: 7}}}))
		do(t, s.FinishEndpoint(t.Context(), &second[1], w, Outcome{}))
		join := claimed(t, s, w, 1)
		x := Result{Why: "x", Row: "row", Worst: 400}
		do(t, s.FinishDomain(t.Context(), &join[0], &join[0].Join[0], gone, Result{Why: "late", Row: "row", Worst: 400}))
		do(t, s.FinishDomain(t.Context(), &join[0], &join[0].Join[0], w, x))
		do(t, s.FinishDomain(t.Context(), &join[0], &join[0].Join[0], w, x))
		do(t, s.Tally(t.Context(), c.ID))
		list, err := s.History(t.Context(), "a.test", 10)
		if got, e := s.Campaign(t.Context(), "", c.ID); e != nil || err != nil || got.State != CampaignDone || got.Endpoints != 1 || got.Connections != 0 || len(list) != 1 || list[0].State != Failed || list[0].Why != "x" {
			t.Errorf("got %+v with scans %+v, %v, %v", got, list, err, e)
		}
	})
}

// TestCampaignNames keeps what is hostile as what it is, each once, and nothing of what was deleted.
func TestCampaignNames(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		me, you := account(t, s, "me").ID, account(t, s, "you").ID
		c := &Campaign{Owner: me, Name: "a\x00b\xff", Policy: "mail"}
		do(t, s.AddCampaign(t.Context(), c, 1))
		if err := s.AddCampaign(t.Context(), &Campaign{Owner: me, Policy: "mail"}, 1); !errors.Is(err, ErrManyCampaigns) {
			t.Errorf("a second: %v", err)
		}
		do(t, s.AddCampaign(t.Context(), &Campaign{Owner: you, Policy: "mail"}, 1))
		if _, err := s.Campaign(t.Context(), me, c.ID); !errors.Is(err, ErrNoCampaign) {
			t.Errorf("seen before its list is whole: %v", err)
		}
		added, err := s.AddNames(t.Context(), c.ID, []Name{{N: 1, Name: "a.test"}, {N: 2, Name: "a.test"}, {N: 3, Name: "x\x00\xff'\"", Fault: "\x00'"}, {N: 4, Name: strings.Repeat("a", 300), Fault: "x"}})
		do(t, s.BeginCampaign(t.Context(), c.ID))
		got, e := s.Campaign(t.Context(), me, c.ID)
		if err != nil || added != 3 || e != nil || got.Names != 3 || got.Faults != 2 || got.Found != 2 || got.Finished != 2 || got.State != CampaignWaiting {
			t.Errorf("added %d, %v: %+v, %v", added, err, got, e)
		}
		list, err := s.Faults(t.Context(), c.ID, 10)
		if err != nil || len(list) != 2 || list[0].Name != "x\uFFFD\uFFFD'\"" {
			t.Errorf("faults %+v, %v", list, err)
		}
		for _, act := range []func() error{
			func() error { _, err := s.Campaign(t.Context(), you, c.ID); return err },
			func() error { return s.PauseCampaign(t.Context(), you, c.ID) },
			func() error { return s.DeleteCampaign(t.Context(), you, c.ID) },
			func() error { return s.CancelCampaign(t.Context(), me, "x\x00") },
		} {
			if err := act(); !errors.Is(err, ErrNoCampaign) {
				t.Errorf("another's: %v", err)
			}
		}
		do(t, s.DeleteCampaign(t.Context(), me, c.ID))
		do(t, s.SweepCampaigns(t.Context()))
		var left int
		do(t, s.queryRow(t.Context(), "SELECT (SELECT count(*) FROM campaigns WHERE owner = ?) + (SELECT count(*) FROM campaign_domains)", me).Scan(&left))
		if left > 0 {
			t.Errorf("%d rows are left", left)
		}
	})
}
