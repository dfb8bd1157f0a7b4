package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// TestDisabledFeed wants nothing told of a monitor of somebody who is disabled, not to whoever knows the address, either.
func TestDisabledFeed(t *testing.T) {
	s := withAccounts(t, Config{})
	ann, err := s.store.AccountNamed(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	m := &store.Monitor{Name: "ours", Owner: ann.ID, Targets: []string{"example.org"}, Every: time.Hour, Policy: "mail", Paused: true}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.store.AddMonitor(t.Context(), m, time.Now()))
	feed := "/monitors/" + m.ID + "/feed.atom?token=" + m.Feed
	s.get(t, feed, http.StatusOK)
	must(s.store.Disable(t.Context(), ann.ID))
	s.get(t, feed, http.StatusNotFound)
	must(s.store.Enable(t.Context(), ann.ID))
	s.get(t, feed, http.StatusOK)
}

// TestDisabledMeanwhile has an account disabled while it brings a list: it is told so, and there is no campaign.
func TestDisabledMeanwhile(t *testing.T) {
	s := withAccounts(t, Config{})
	ann, err := s.store.AccountNamed(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	form, media := campaignBody(t, usual(), "a.test\n", "b.test\n")
	begin, rest, _ := strings.Cut(form.String(), "a.test")
	disable := func() {
		if err := s.store.Disable(t.Context(), ann.ID); err != nil {
			t.Error(err)
		}
	}
	body := io.MultiReader(strings.NewReader(begin+"a.test"), &onFirst{do: disable, Reader: strings.NewReader(rest)})
	r := s.signed(t, "ann").bringing("/campaigns", media, body)
	answer := httptest.NewRecorder()
	s.Config.Handler.ServeHTTP(answer, r)
	if page := answer.Body.String(); answer.Code != http.StatusForbidden || !strings.Contains(page, "This account is disabled") || s.log.Len() > 0 {
		t.Errorf("told %d, logged %s:\n%s", answer.Code, s.log, page)
	}
}

// onFirst does something before the first is read.
type onFirst struct {
	do func()
	io.Reader
}

func (f *onFirst) Read(b []byte) (int, error) {
	if f.do != nil {
		f.do()
		f.do = nil
	}
	return f.Reader.Read(b)
}
