package web

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAccountInBrowser signs in as a person does, makes a monitor and a token, changes the password, and signs out; and looks at each page on the way.
func TestAccountInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b := newTab(t)
	s := withAccounts(t, Config{})
	b.do(chromedp.Navigate(s.URL+"/monitors/new"), chromedp.WaitVisible("#password"))
	b.look("/sign-in")
	b.do(chromedp.SendKeys("#name", "ann"), chromedp.SendKeys("#password", password), chromedp.Submit("#password"), chromedp.WaitVisible("#targets"))
	b.look("/monitors/new")
	b.do(chromedp.SendKeys("#targets", "example.org"), chromedp.Submit("#targets"), chromedp.WaitVisible("#messages"))
	b.do(chromedp.Navigate(s.URL+"/account"), chromedp.Click("#tokens ~ details summary"), chromedp.WaitVisible("#token-name"),
		chromedp.SendKeys("#token-name", "a name as long as names may be, which does not fit into one line of a phone, or two of them, or so"))
	b.look("/account")
	b.do(chromedp.Submit("#token-name"), chromedp.WaitVisible("pre.lines"))
	b.look("token")
	const revoke = `button[aria-label^="Revoke"]`
	b.do(chromedp.Navigate(s.URL+"/account"), chromedp.WaitVisible(revoke))
	b.look("/account with a token")
	b.do(chromedp.Click(revoke), chromedp.WaitVisible(`p[role=status]`))
	b.clean("from the first page to the last token")

	b.do(chromedp.Click("h2 ~ details:last-of-type summary"), chromedp.WaitVisible("#current"), chromedp.SendKeys("#current", password), chromedp.SendKeys("#new", "password1234"),
		chromedp.SendKeys("#again", "password1234"), chromedp.Submit("#again"), chromedp.WaitVisible("#new-wrong"))
	b.look("/nothing but errors in the form of the password")
	b.do(chromedp.SendKeys("#current", password), chromedp.SendKeys("#new", "another good one"), chromedp.SendKeys("#again", "another good one"), chromedp.Submit("#again"),
		chromedp.WaitVisible(`p[role=status]`))
	if cookie := ask[string](b, `document.cookie`); cookie != "" {
		t.Errorf("scripts can read %q", cookie)
	}
	b.do(chromedp.Click(`form[action="/sign-out"] button`), chromedp.WaitVisible("#password"))
	b.do(chromedp.Navigate(s.URL+"/account"), chromedp.WaitVisible("#password"))
	if at := ask[string](b, `location.pathname`); at != "/sign-in" {
		t.Errorf("signed out, at %s", at)
	}
	b.clean("from the password to the end")
}
