package web

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/store"
)

// campaignsToShow stores campaigns that wait, go on, are paused and done, and returns the paths of their pages.
func (s *service) campaignsToShow(t *testing.T) []string {
	t.Helper()
	paths := []string{"/campaigns"}
	submitted := func(list string) *store.Campaign {
		_, path := s.submit(t, usual("name", "Customers of the second half of the year "+strings.Repeat("x", 30), "policy", "rfc9325"), list, "", http.StatusOK)
		paths = append(paths, path, path+"/summary")
		c, err := s.store.Campaign(t.Context(), "", strings.TrimPrefix(path, "/campaigns/"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	paused := submitted("waits.test")
	must(s.store.PauseCampaign(t.Context(), "", paused.ID))
	some := submitted("good.test\nbad.test\n" + strings.Repeat("long-", 10) + "name.example.test\nleft.test\n" + strings.Repeat("<b>&\x1b", 40))
	worker, err := s.store.AddWorker(t.Context())
	must(err)
	work, err := s.store.Claim(t.Context(), worker, 4)
	must(err)
	for i, w := range work {
		x := store.Result{Why: "left.test wants no scans: _mailtls-optout.left.test says so", Row: bulk.Row{Domain: w.Ask.Name, Result: bulk.LeftAlone}, Worst: 400}
		if i < 2 {
			r := stored(t)
			x = store.Result{Report: r, Row: bulk.RowOf(r), Worst: i * 100}
		}
		if i != 2 {
			must(s.store.FinishDomain(t.Context(), &w, w.Ask, worker, x))
		}
	}
	must(s.store.Tally(t.Context(), some.ID))
	done := submitted("done.test")
	must(s.store.CancelCampaign(t.Context(), "", done.ID))
	return paths
}

// TestCampaignInBrowser submits a file as people do, watches the numbers change without a reload, and pauses.
func TestCampaignInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b, s := newTab(t), campaigning(t, 0)
	file := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(file, []byte("d1.test\nd2.test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(s.URL+"/campaigns"), chromedp.SetUploadFiles("#file", []string{file}), chromedp.Submit("#file"),
		chromedp.WaitVisible(`[data-state="waiting"]`))
	b.until(`document.getElementById("numbers").textContent.startsWith("0 of 2 names finished")`)
	b.run(`window.same = true`)
	c, err := s.store.Campaigns(t.Context(), "", time.Time{}, 1)
	if err != nil || len(c) != 1 {
		t.Fatalf("campaigns %+v, %v", c, err)
	}
	if _, err = s.store.AddNames(t.Context(), c[0].ID, []store.Name{{N: 3, Name: "x", Fault: "none"}}); err == nil {
		err = s.store.Tally(t.Context(), c[0].ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.until(`window.same && document.getElementById("numbers").textContent.startsWith("1 of 3 names finished") && document.getElementById("part").value === 33`)
	b.do(chromedp.Submit("form[action$=pause] button"), chromedp.WaitVisible(`[data-state="paused"]`))
	if err := s.store.CancelCampaign(t.Context(), "", c[0].ID); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.WaitVisible("section:not([data-campaign])"))
	if text := ask[string](b, `document.body.innerText`); !strings.Contains(text, "It was cancelled") {
		t.Errorf("the page says\n%s", text)
	}
	b.clean("campaign")
}

// TestCampaignLooks is TestLooks for campaigns.
func TestCampaignLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b, s := newTab(t), monitored(t)
	b.do(chromedp.Navigate(s.URL + "/campaigns"))
	b.look("/campaigns without any")
	for _, path := range s.campaignsToShow(t) {
		b.do(chromedp.Navigate(s.URL + path))
		b.look(path)
	}
	b.do(chromedp.Navigate(s.URL+"/campaigns"), chromedp.SendKeys("#list", "no_domain"), chromedp.Submit("#list"), chromedp.WaitVisible("#list-wrong"))
	b.look("/nothing but an error in the form")
}
