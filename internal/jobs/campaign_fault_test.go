package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// unknown wants the report of d0.test to be no pass, and to tell why nothing is known of its one server.
func unknown(t *testing.T, s *store.Store, why string) {
	t.Helper()
	scan, err := s.LastDone(t.Context(), "d0.test")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Report(t.Context(), scan.ID)
	if err != nil || len(r.Endpoints) != 1 || r.Endpoints[0].Facts.Reachable.Why != why {
		t.Fatalf("got %+v, %v", r, err)
	}
	if verdict, _ := r.Overall(); verdict != report.Incomplete {
		t.Errorf("the verdict is %v", verdict)
	}
}

// TestCampaignGivenUp wants a server that was given up in the report, as not known.
func TestCampaignGivenUp(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 0), open(t, database)
		stuck := newMuteAt(t, "127.0.1.1:0")
		x.add(t, stuck.Addr().String(), nil)
		q := x.work(t, database, 1, nil)
		c := submit(t, s, 1)
		<-stuck.reached
		stop(t, q)
		for range maxAttempts { // by one that ends without a word each time
			if work, err := s.Claim(t.Context(), "gone", 1); err != nil || len(work) != 1 {
				t.Fatalf("claimed %+v, %v", work, err)
			}
			if err := s.FreeWork(t.Context(), "gone"); err != nil {
				t.Fatal(err)
			}
		}
		close(stuck.hangUp)
		q = x.work(t, database, 1, nil)
		until(t, s, c.ID, (*store.Campaign).Over)
		unknown(t, s, often)
		stop(t, q)
	})
}

// TestCampaignAllowedLate has a host be left alone when the DNS is asked, and not any more when its domain is judged.
func TestCampaignAllowedLate(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 1), open(t, database)
		var asked atomic.Bool
		q := x.workFor(t, database, 1, nil, func(context.Context, string) error {
			if asked.Swap(true) {
				return nil
			}
			return errors.New("it wants none")
		})
		c := submit(t, s, 1)
		until(t, s, c.ID, (*store.Campaign).Over)
		unknown(t, s, leftThen)
		stop(t, q)
	})
}

// TestNoStages wants no try counted, and it logged once, while no name server answers.
func TestNoStages(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 1), open(t, database)
		c := submit(t, s, 1)
		var log strings.Builder
		k := newCampaigner(&scanWorker{store: s, slots: newSlots(1), cfg: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}})
		k.cfg.Scan.Resolvers, k.cfg.Scan.DNSSEC = []string{"127.0.0.1:1"}, "off"
		for range 2 {
			work, err := s.Claim(t.Context(), "here", 1)
			if err != nil || len(work) != 1 || work[0].Ask.Tries != 1 {
				t.Fatalf("claimed %+v, %v", work, err)
			}
			k.do(t.Context(), t.Context(), &piece{k, &work[0], "here"})
			if !k.clear(t.Context()) {
				t.Fatal("no more may be begun")
			}
		}
		if strings.Count(log.String(), "level=WARN") != 1 {
			t.Errorf("logged %s", &log)
		}
		q := x.work(t, database, 1, nil)
		until(t, s, c.ID, (*store.Campaign).Over)
		stop(t, q)
	})
}

// TestCampaignGuesses wants hosts looked for by guesses in a quick campaign, too, as in any scan.
func TestCampaignGuesses(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 1), open(t, database)
		guessed := make(chan bool, 100)
		var err error
		if x.dns, err = dnstest.Answers(t.Context(), func(name, kind string) []string {
			if strings.HasPrefix(name, "imap.d0.test") {
				guessed <- true
			}
			return x.zone(name, kind)
		}); err != nil {
			t.Fatal(err)
		}
		q := x.work(t, database, 1, nil)
		c := submit(t, s, 1)
		until(t, s, c.ID, (*store.Campaign).Over)
		if len(guessed) == 0 {
			t.Error("nobody asked")
		}
		stop(t, q)
	})
}

// TestJudgePanics has the program fail at judging a domain: that is an error about it, and logged with where.
func TestJudgePanics(t *testing.T) {
	var log strings.Builder
	p := &piece{campaigner: &campaigner{scanWorker: &scanWorker{cfg: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}}}}
	if _, err := p.judge(nil, 1, &evidence.Domain{Name: "d0.test"}, nil); err == nil || !strings.Contains(log.String(), "judge(") {
		t.Errorf("error %v, logged %s", err, &log)
	}
}

// TestJoinGoesOn has a domain that cannot be read among those to judge: the next has its result all the same, and is not begun with it again.
func TestJoinGoesOn(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 1), open(t, database)
		submit(t, s, 2)
		k := newCampaigner(&scanWorker{store: s, slots: newSlots(1), cfg: Config{Log: slog.New(slog.DiscardHandler)}})
		k.cfg.Scan.Resolvers, k.cfg.Scan.DNSSEC = []string{x.dns}, "off"
		work, err := s.Claim(t.Context(), "here", 2)
		if err != nil || len(work) != 2 {
			t.Fatalf("claimed %+v, %v", work, err)
		}
		second := *work[1].Ask
		second.Tries = maxAttempts + 1
		both := &store.Work{Campaign: work[0].Campaign, Join: []store.Begun{*work[0].Ask, second}}
		if err := (&piece{k, both, "here"}).do(t.Context()); err == nil {
			t.Error("no error")
		}
		var row bulk.Row
		list, err := s.Members(t.Context(), both.Campaign.ID, -1, 0, 10)
		if err != nil || len(list) != 3 {
			t.Fatalf("got %+v, %v", list, err)
		}
		for i := range list {
			if list[i].Name == second.Name {
				if _, err := s.Row(&list[i], &row); err != nil || row.Result != bulk.Failed {
					t.Errorf("got %+v, %v", row, err)
				}
			}
		}
	})
}

// TestJoinAlone wants domains judged together, but each alone that was begun before.
func TestJoinAlone(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		submit(t, s, 2)
		work, err := s.Claim(t.Context(), "here", 2)
		for i := range work {
			if err == nil {
				err = s.FoundDomain(t.Context(), &work[i], "here", &evidence.Domain{Name: work[i].Ask.Name}, nil)
			}
		}
		for i, want := range []int{1, 2} {
			if work, err = s.Claim(t.Context(), "here", 4); err != nil || len(work) != want {
				t.Fatalf("claim %d: %+v, %v", i, work, err)
			}
			if err = s.FreeWork(t.Context(), "here"); err != nil {
				t.Fatal(err)
			}
		}
	})
}
