package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func account(t *testing.T, s *Store, name string) *Account {
	t.Helper()
	a := &Account{Name: name, Password: "hashed " + name}
	if err := s.AddAccount(t.Context(), a, noon); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAccount adds, finds, changes and removes accounts.
func TestAccount(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		ann, ben := account(t, s, "Ann"), account(t, s, "ben")
		if err := s.AddAccount(t.Context(), &Account{Name: "aNN"}, noon); !errors.Is(err, ErrTaken) {
			t.Errorf("the same name in other letters: %v", err)
		}
		if got, err := s.AccountNamed(t.Context(), "ANN"); err != nil || *got != *ann || ann.Code == ann.ID || len(ann.Code) < 26 {
			t.Errorf("got %+v, %v, want %+v", got, err, ann)
		}
		for _, name := range []string{"", "an", "ann%", "\x00", "\xff", strings.Repeat("a", 100_000)} {
			if _, err := s.AccountNamed(t.Context(), name); !errors.Is(err, ErrNoAccount) {
				t.Errorf("%.10q: %v", name, err)
			}
		}
		if _, err := s.AccountOf(t.Context(), ""); !errors.Is(err, ErrNoAccount) {
			t.Errorf("those of no provider: %v", err)
		}
		cem := &Account{Name: "cem", Subject: "https://id.example 1"}
		if err := s.AddAccount(t.Context(), cem, noon); err != nil {
			t.Fatal(err)
		}
		if got, err := s.AccountOf(t.Context(), cem.Subject); err != nil || *got != *cem {
			t.Errorf("got %+v, %v", got, err)
		}
		if err := s.AddAccount(t.Context(), &Account{Name: "other", Subject: cem.Subject}, noon); !errors.Is(err, ErrTaken) {
			t.Errorf("the same subject: %v", err)
		}
		if list, err := s.Accounts(t.Context()); err != nil || len(list) != 3 || list[0].Name != "Ann" {
			t.Errorf("list %+v, %v", list, err)
		}
		if err := s.RemoveAccount(t.Context(), ben.ID); err != nil {
			t.Fatal(err)
		}
		for _, do := range []error{s.RemoveAccount(t.Context(), ben.ID), s.SetPassword(t.Context(), ben.ID, "x"), s.Disable(t.Context(), ben.ID), s.Enable(t.Context(), "\x01")} {
			if !errors.Is(do, ErrNoAccount) {
				t.Errorf("with one that is gone: %v", do)
			}
		}
	})
}

// TestSession wants a session to hold until it ends in any of the ways in which one does.
func TestSession(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a := account(t, s, "ann")
		begin := func(hash string) {
			t.Helper()
			if err := s.AddSession(t.Context(), hash, a, noon); err != nil {
				t.Fatal(err)
			}
		}
		holds := func(hash string, at time.Time, want bool) {
			t.Helper()
			if got, err := s.Session(t.Context(), hash, at); (err == nil) != want || want && *got != *a || !want && !errors.Is(err, ErrNoAccount) {
				t.Errorf("%s at %s: %+v, %v, want %v", hash, at, got, err, want)
			}
		}
		begin("h1")
		holds("h1", noon, true)
		holds("h2", noon, false)
		holds("", noon, false)
		holds("h1", noon.Add(SessionIdle), false)
		for at := noon; at.Before(noon.Add(SessionLife)); at = at.Add(SessionIdle - time.Minute) { // used again and again
			holds("h1", at, true)
		}
		holds("h1", noon.Add(SessionLife), false)

		begin("h3")
		if err := s.EndSession(t.Context(), "h3"); err != nil {
			t.Fatal(err)
		}
		holds("h3", noon, false)

		begin("h4")
		stale := *a
		if err := s.SetPassword(t.Context(), a.ID, "another"); err != nil {
			t.Fatal(err)
		}
		holds("h4", noon, false)
		if err := s.AddSession(t.Context(), "h5", &stale, noon); !errors.Is(err, ErrNoAccount) {
			t.Errorf("signed in by the password of before: %v", err)
		}
		a.Password = "another"
		begin("h6")
		if err := s.Disable(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.AddSession(t.Context(), "h7", a, noon); !errors.Is(err, ErrNoAccount) {
			t.Errorf("disabled: %v", err)
		}
		if err := s.Enable(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		holds("h6", noon, false)
		begin("h8")
		if err := s.RemoveAccount(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		holds("h8", noon, false)
	})
}

// TestToken wants a token to hold until it expires, is deleted, or its account is disabled.
func TestToken(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a, b := account(t, s, "ann"), account(t, s, "ben")
		add := func(hash string) *Token {
			t.Helper()
			x := &Token{Account: a.ID, Name: "cron \x00", Scopes: []string{"read", "scan"}, Expires: noon.Add(time.Hour)}
			if err := s.AddToken(t.Context(), x, hash, noon); err != nil {
				t.Fatal(err)
			}
			return x
		}
		x := add("h1")
		got, whose, err := s.Token(t.Context(), "h1", noon.Add(time.Minute))
		if err != nil || whose.ID != a.ID || got.ID != x.ID || !got.May("scan") || got.May("monitor") || got.May("") {
			t.Errorf("got %+v of %+v, %v", got, whose, err)
		}
		if list, err := s.Tokens(t.Context(), a.ID); err != nil || len(list) != 1 || !list[0].Used.Equal(noon.Add(time.Minute)) {
			t.Errorf("list %+v, %v", list, err)
		}
		refused := func(hash string, at time.Time) {
			t.Helper()
			if _, _, err := s.Token(t.Context(), hash, at); !errors.Is(err, ErrNoToken) {
				t.Errorf("%s: %v", hash, err)
			}
		}
		refused("h1", noon.Add(time.Hour))
		refused("", noon)
		if _, err := s.DeleteToken(t.Context(), b.ID, x.ID); !errors.Is(err, ErrNoToken) {
			t.Errorf("deleted by another: %v", err)
		}
		if _, err := s.DeleteToken(t.Context(), a.ID, x.ID); err != nil {
			t.Fatal(err)
		}
		refused("h1", noon)
		add("h2")
		if err := s.Disable(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		refused("h2", noon)
		if err := s.Enable(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		for i := range MaxTokens - 1 {
			add(fmt.Sprint("more ", i))
		}
		if err := s.AddToken(t.Context(), &Token{Account: a.ID}, "hx", noon); !errors.Is(err, ErrTooMany) {
			t.Errorf("one too many: %v", err)
		}
	})
}

// TestAudit keeps what was done for a year, whoever goes meanwhile.
func TestAudit(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a := account(t, s, "ann")
		for i, d := range []Deed{{Account: a.ID, Action: "first", Origin: "192.0.2.1"}, {Action: "second", Object: "\x00\xff"}, {Account: a.ID, Action: "third"}} {
			d.At = noon.Add(time.Duration(i) * time.Second)
			if err := s.Note(t.Context(), &d); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := s.Deeds(t.Context(), a.ID, 10); err != nil || len(list) != 2 || list[0].Action != "third" || list[1].Name != "ann" || list[1].Origin != "192.0.2.1" {
			t.Errorf("list %+v, %v", list, err)
		}
		if err := s.RemoveAccount(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Note(t.Context(), &Deed{At: noon.Add(auditLife + time.Second), Action: "last"}); err != nil {
			t.Fatal(err)
		}
		var all []string
		if err := s.EachDeed(t.Context(), func(d *Deed) error { all = append(all, d.Action+d.Name); return nil }); err != nil || !slices.Equal(all, []string{"second", "third", "last"}) {
			t.Errorf("all %q, %v", all, err)
		}
	})
}

// TestOwner wants each account to have monitors of its own, which go with it.
func TestOwner(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a, b := account(t, s, "ann"), account(t, s, "ben")
		mine := watching("a.example")
		mine.Owner = a.ID
		add(t, s, mine)
		add(t, s, watching("b.example"))
		for owner, want := range map[string]int{a.ID: 1, b.ID: 0, "": 1} {
			if list, err := s.Monitors(t.Context(), owner, time.Time{}, 10); err != nil || len(list) != want || want > 0 && list[0].Owner != owner {
				t.Errorf("of %q: %+v, %v", owner, list, err)
			}
		}
		changed := watching("a.example", "c.example")
		changed.ID, changed.Owner = mine.ID, b.ID
		if err := s.SetMonitor(t.Context(), changed, noon); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Monitor(t.Context(), mine.ID); err != nil || got.Owner != a.ID {
			t.Errorf("changed %+v, %v", got, err)
		}
		if err := s.Disable(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if d := due(t, s, noon); !slices.Equal(d, []string{"b.example"}) {
			t.Errorf("due of one that is disabled: %v", d)
		}
		if got, err := s.Monitor(t.Context(), mine.ID); err != nil || !got.Paused {
			t.Errorf("disabled %+v, %v", got, err)
		}
		more := watching("d.example")
		more.Owner = a.ID
		if err := s.AddMonitor(t.Context(), more, noon); !errors.Is(err, ErrNoAccount) {
			t.Errorf("a monitor of one that is disabled: %v", err)
		}
		if err := s.RemoveAccount(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Monitor(t.Context(), mine.ID); !errors.Is(err, ErrNoMonitor) {
			t.Errorf("of one that is removed: %v", err)
		}
	})
}

// TestUnproven wants few targets watched whose domains say nothing of the account, also when they are added at once.
func TestUnproven(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a := account(t, s, "ann")
		var adding sync.WaitGroup
		for i := range 4 {
			adding.Go(func() {
				m := watching(fmt.Sprintf("a%d.example", i), fmt.Sprintf("b%d.example", i))
				m.Owner = a.ID
				var wrong *UnprovenError
				if err := s.AddMonitor(t.Context(), m, noon); err != nil && !(errors.As(err, &wrong) && wrong.Others == 4 && slices.Equal(wrong.Targets, m.Targets)) {
					t.Error(err)
				}
			})
		}
		adding.Wait()
		list, err := s.Monitors(t.Context(), a.ID, time.Time{}, 10)
		if err != nil || len(list) != 2 {
			t.Fatalf("list %+v, %v", list, err)
		}
		proven := watching("x.example", "y.example", "z.example")
		proven.Owner = a.ID
		if err := s.AddMonitor(t.Context(), proven, noon, "x.example", "y.example"); err != nil { // and one more that is not
			t.Fatal(err)
		}
		proven.Paused = true // without another look at what was proven
		if err := s.SetMonitor(t.Context(), proven, noon); err != nil {
			t.Error(err)
		}
		var wrong *UnprovenError
		proven.Targets = []string{"w.example", "x.example", "y.example", "z.example"}
		if err := s.SetMonitor(t.Context(), proven, noon); !errors.As(err, &wrong) || !slices.Equal(wrong.Targets, []string{"w.example", "z.example"}) {
			t.Errorf("one more: %v", err)
		}
		if got, err := s.Monitor(t.Context(), proven.ID); err != nil || len(got.Targets) != 3 {
			t.Errorf("changed all the same: %+v, %v", got, err)
		}
		for i := len(list) + 1; i < MaxMonitors; i++ {
			m := watching("x.example")
			m.Owner = a.ID
			if err := s.AddMonitor(t.Context(), m, noon, "x.example"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddMonitor(t.Context(), proven, noon, "x.example"); !errors.Is(err, ErrTooMany) {
			t.Errorf("one monitor too many: %v", err)
		}
	})
}

// TestDisabledMonitor wants a monitor of somebody who is disabled not to go on, whoever saves it.
func TestDisabledMonitor(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a := account(t, s, "ann")
		m := watching("a.example")
		m.Owner = a.ID
		add(t, s, m)
		do(t, s.Disable(t.Context(), a.ID))
		if err := s.SetMonitor(t.Context(), m, noon); !errors.Is(err, ErrNoAccount) {
			t.Errorf("saved by one that is disabled: %v", err)
		}
		if got, err := s.Monitor(t.Context(), m.ID); err != nil || !got.Paused {
			t.Errorf("saved all the same: %+v, %v", got, err)
		}
		do(t, s.Enable(t.Context(), a.ID))
		do(t, s.SetMonitor(t.Context(), m, noon))
		if d := due(t, s, noon); !slices.Equal(d, m.Targets) {
			t.Errorf("due of one that is enabled again: %v", d)
		}
	})
}

// TestDisableMeanwhile has an account disabled while it saves and submits: none gets in the way of another for good, and at the end nothing goes on.
func TestDisableMeanwhile(t *testing.T) {
	database := databaseOf(t)
	s, other := open(t, database), open(t, database)
	a := account(t, s, "ann")
	m := watching("a.example")
	m.Owner = a.ID
	add(t, s, m)
	read, paused := &Campaign{Owner: a.ID, Policy: "mail"}, newCampaign(t, s, a.ID, "a.test")
	do(t, s.AddCampaign(t.Context(), read, 100))
	do(t, s.PauseCampaign(t.Context(), a.ID, paused.ID))
	for what, late := range map[string]func() error{
		"saved":     func() error { return other.SetMonitor(t.Context(), m, noon) },
		"submitted": func() error { return other.AddCampaign(t.Context(), &Campaign{Owner: a.ID, Policy: "mail"}, 100) },
		"begun":     func() error { return other.BeginCampaign(t.Context(), read.ID) },
		"resumed":   func() error { return other.ResumeCampaign(t.Context(), a.ID, paused.ID) },
	} {
		kept := make(chan struct{})
		do(t, s.inTx(t.Context(), func(tx *sql.Tx) error { // as Disable does it, but slowly
			if err := s.one(t.Context(), tx, ErrNoAccount, "UPDATE accounts SET disabled = ? WHERE id = ?", true, a.ID); err != nil {
				return err
			}
			go func() {
				defer close(kept)
				if err := late(); !errors.Is(err, ErrNoAccount) {
					t.Errorf("%s meanwhile: %v", what, err)
				}
			}()
			awaitBlockedOr(t, s.read, kept)
			_, err := tx.ExecContext(t.Context(), s.say("UPDATE monitors SET paused = ? WHERE owner = ?"), true, a.ID)
			return err
		}))
		<-kept
		do(t, s.Enable(t.Context(), a.ID))
	}
}
