package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLive orders a scan in a browser, as a person does: the page shows what is being asked before any server has answered, each step as
// it comes, without being loaded again, and then the report, whose fix is copied by its button.
func TestLive(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b := newTab(t)
	real, _ := weak(t, "weak-client-order")
	g, target, port := newGate(t, strings.TrimPrefix(real, "smtp://"))
	s := serve(t, loopback(port), port)
	const row, connections = `tr[data-server*="127.0.0.1"]`, `tr[data-server*="127.0.0.1"] .number`
	b.do(chromedp.Navigate(s.URL), chromedp.SendKeys("#target", target), chromedp.Submit("#target"), chromedp.WaitVisible(row))
	b.run(`window.loaded = "once"`)
	b.until(`Number(document.querySelector('` + connections + `').textContent) > 0`)
	if once := ask[string](b, `window.loaded`); once != "once" {
		t.Error("the page was loaded again")
	}
	close(g.open)
	const button = ".finding button.copy"
	b.do(chromedp.WaitVisible(".verdict"), chromedp.WaitVisible(button))
	b.mayCopy()
	b.do(chromedp.Click(button))
	b.until(`document.querySelector("` + button + `").textContent === "Copied"`)
	copied, shown := ask[string](b, `navigator.clipboard.readText()`), ask[string](b, `document.querySelector("`+button+` + pre").textContent`)
	if copied == "" || copied != shown {
		t.Errorf("copied %q of %q", copied, shown)
	}
	b.clean("from the order to the report")
}

// TestScriptless follows a scan as a browser without script does, by loading its page again.
func TestScriptless(t *testing.T) {
	target, port := weak(t, "strong")
	s := serve(t, loopback(port), port)
	page, path := s.post(t, map[string][]string{"target": {target}, "depth": {"quick"}, "policy": {"rfc9325"}}, http.StatusOK)
	for n := 0; strings.Contains(page, "data-events"); n++ {
		if !strings.Contains(page, `<noscript><meta http-equiv="refresh"`) {
			t.Fatalf("nothing loads it again:\n%s", page)
		}
		page = s.get(t, path+"?policy=rfc9325", http.StatusOK)
	}
	if !strings.Contains(page, "What a mail server owes its users") || !strings.Contains(page, "Policy rfc9325") {
		t.Errorf("the report:\n%s", page)
	}
}
