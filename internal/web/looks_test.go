package web

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// wide is a script that says what of a page is wider than the window.
const wide = `(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre"));
  return "is " + document.documentElement.scrollWidth + " wide: " + out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
})()`

// spilt is a script that says what of a page lies on what stands beside it.
const spilt = `[...document.querySelectorAll("td, th, dt, dd, p, li, h1, h2, h3, pre")].filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1)
  .slice(0, 3).map((e) => e.outerHTML.slice(0, 200)).join(" | ")`

// broken is a script that says which short words of a page do not stand in one line.
const broken = `(() => {
  const out = new Set(), all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = all.nextNode();) {
    if (!n.parentElement.checkVisibility() || n.parentElement.closest("pre")) continue;
    for (const word of n.textContent.matchAll(/[\w.]+/g)) {
      const part = document.createRange();
      part.setStart(n, word.index);
      part.setEnd(n, word.index + word[0].length);
      if (word[0].length <= 16 && new Set([...part.getClientRects()].map((r) => Math.round(r.top))).size > 1) out.add(word[0]);
    }
  }
  return [...out].slice(0, 5).join(" ");
})()`

// nameless is a script that says which fields have no name that is read out.
const nameless = `[...document.querySelectorAll("input:not([type=hidden]), select, button")]
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() && e.tagName === "BUTTON" || e.labels && e.labels.length)).map((e) => e.outerHTML).join(" | ")`

// pale is a script that says which text has less contrast to what is behind it than 4.5 to 1 (WCAG 2.2, 1.4.3).
const pale = `(() => {
  const parse = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const out = new Set();
  for (const e of document.querySelectorAll("body *:not(svg *)")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) out.add(e.outerHTML.slice(0, 100));
  }
  return [...out].slice(0, 3).join(" | ");
})()`

// long is the report on a domain in which the words are as long as words come: the certificate of a host that is asked to take mail
// is not trusted, and of suites those of SSLv2 were seen.
func long(t *testing.T) *report.Report {
	t.Helper()
	r := stored(t)
	mail := r.Endpoints[0].Endpoint
	for i := range mail.Facts.Certificates.Value {
		mail.Facts.Certificates.Value[i].Trust = &evidence.TrustResult{}
	}
	mail.Observations[0].Reaction = &evidence.Reaction{Said: []evidence.Said{{Command: "EHLO", Reply: "250", Inside: true}, {Command: "MAIL FROM:<>", Reply: "250", Inside: true}}}
	for i := range r.Endpoints {
		for j := range r.Endpoints[i].Findings {
			if f := &r.Endpoints[i].Findings[j]; strings.HasPrefix(f.Message, "accepts ") {
				f.Seen = []string{"SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"}
			}
		}
	}
	return r
}

// showcase stores reports on a domain and a server, and returns the paths of pages of all kinds.
func showcase(t *testing.T, s *service) []string {
	t.Helper()
	domain := long(t)
	const target = "smtp://mail.example.org:25"
	first, second := reportOn(t, "strong"), reportOn(t, "ancient")
	for _, r := range []*report.Report{first, second} {
		to := &r.Endpoints[0].Target
		to.Host, to.Port, to.Address, to.Input = "mail.example.org", 25, "192.0.2.1", target
	}
	old, late := s.keep(t, target, first), s.keep(t, target, second)
	whole := s.keep(t, domain.Domains[0].Name, domain)
	waiting, _, err := s.store.Ask(t.Context(), "waiting.example", true, func(*sql.Tx, string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return []string{"/", "/about", "/monitors", "/checks", "/checks/protocol-tls10", "/checks/dane-mismatch", "/policies", "/policies/mail", "/policies/bsi-tr-03108", "/statistics", "/nothing",
		"/history", "/history?target=" + url.QueryEscape(target), "/diff?old=" + old + "&new=" + late, "/scans/" + waiting.ID,
		"/scans/" + late + "?policy=rfc9325", "/scans/" + late + "/clients", "/scans/" + late + "/transcript",
		"/scans/" + whole, "/scans/" + whole + "/clients", "/scans/" + whole + "/transcript"}
}

// showcaseMonitors makes monitors in all states, and returns the paths of their pages.
func showcaseMonitors(t *testing.T, s *service) []string {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	add := func(m store.Monitor) *store.Monitor {
		m.Every, m.Quick, m.Policy = 24*time.Hour, true, "mail"
		if err := s.store.AddMonitor(t.Context(), &m, now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		return &m
	}
	long := "xn--" + strings.Repeat("lange-domain.", 12) + "example"
	fresh := add(store.Monitor{Name: "fresh", Targets: []string{"example.org"}})
	muted := add(store.Monitor{Name: strings.Repeat("a name without end ", 5), Targets: []string{"imaps://mail.example.org:993", "example.org", long}, Digest: true, Paused: true, Muted: now.Add(8 * time.Hour),
		Mail: []string{strings.Repeat("somebody.", 6) + "@" + long, "postmaster@example.org"}, Webhook: "https://example.org/" + strings.Repeat("hook", 40), Slack: "https://hooks.example.org/services/x"})
	told := add(store.Monitor{Name: "told", Targets: []string{"example.org", long}, Mail: []string{"postmaster@example.org"}, Webhook: "https://example.org/hook"})
	message := notify.Compose(long, []notify.Change{{Kind: notify.Grade, Trend: report.Worse, Old: "A", New: "C"}, {Kind: notify.Finding, Place: "smtp://mx." + long + ":25",
		Check: "protocol-tls10", Trend: report.Worse, Old: "good", New: "fail", Text: "offers TLS 1.0", Fix: []string{"postconf -e 'smtpd_tls_protocols = >=TLSv1.2'", strings.Repeat("long-word", 40)}}}, nil, notify.Links{})
	var ids []string
	scan := s.keep(t, "example.org", reportOn(t, "strong"))
	for i, target := range told.Targets {
		l := &store.Look{Watch: store.Watch{Monitor: told.ID, Target: target, Last: scan}, At: now, Next: now.Add(time.Hour), Confirm: i > 0, Event: &store.Event{Subject: message.Subject, Body: message.Body, Former: scan}}
		for _, to := range []struct{ channel, recipient string }{{"mail", "postmaster@" + long}, {"mail", "b@example.org"}, {"webhook", told.Webhook}, {"mail", "c@example.org"}} {
			l.Deliveries = append(l.Deliveries, store.Delivery{Channel: to.channel, Recipient: to.recipient, Subject: message.Subject, Body: message.Body})
		}
		if i > 0 {
			l.Last, l.Why = "", "the name servers do not answer: "+strings.Repeat("192.0.2.53:53 ", 10)
		}
		if err := s.store.Looked(t.Context(), l, func(_ *sql.Tx, some []string) error { ids = append(ids, some...); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i, why := range []string{"", "mail server mail.example.org: 450 4.2.0 come back later", "https://example.org/hook answers 404 Not Found, " + strings.Repeat("and-more", 30)} {
		if err := s.store.Tried(t.Context(), ids[i], why, i == 2, now); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"/monitors", "/monitors/new?target=example.org", "/monitors/" + fresh.ID, "/monitors/" + fresh.ID + "/edit", "/monitors/" + muted.ID, "/monitors/" + muted.ID + "/edit", "/monitors/" + told.ID}
}

// TestLooks opens pages of all kinds in a browser, as wide as a phone and as a desk, light and dark, with all that folds unfolded: none
// is wider than the window or too pale to read, has text that lies on other text or words that are broken, has a field without a name,
// or makes the browser complain.
func TestLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b := newTab(t)
	s := serve(t, Allow(nil, Ports(nil)))
	for _, path := range showcase(t, s) {
		b.do(chromedp.Navigate(s.URL + path))
		b.look(path)
	}
	b.do(chromedp.Navigate(s.URL), chromedp.KeyEvent("\t"))
	if first := ask[string](b, `document.activeElement.className`); first != "skip" {
		t.Errorf("the first that the keyboard comes to is %q", first)
	}
}

// TestMonitorLooks is TestLooks for monitors in all states, and for the form when all is wrong with it.
func TestMonitorLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b := newTab(t)
	s := run(t, filepath.Join(t.TempDir(), "mailtls.db"), jobs.Config{}, Config{Ports: Ports(nil), Hooks: channel.NewHooks(nil)})
	b.do(chromedp.Navigate(s.URL + "/monitors"))
	b.look("/monitors without any")
	for _, path := range showcaseMonitors(t, s) {
		b.do(chromedp.Navigate(s.URL + path))
		b.look(path)
	}
	b.do(chromedp.Navigate(s.URL + "/monitors/new"))
	b.run(`for (const e of document.querySelectorAll("main input, main textarea")) if (e.type !== "radio" && e.type !== "checkbox") e.value = "://" + "wrong".repeat(60)`)
	b.do(chromedp.Click("main form button"), chromedp.WaitVisible("#webhook-wrong"))
	b.look("/nothing but errors in the form")
	if left := ask[string](b, `[...document.querySelectorAll("[aria-invalid]")].filter((e) => !document.getElementById(e.getAttribute("aria-describedby"))).map((e) => e.name).join()`); left != "" {
		t.Errorf("what is wrong with %s is not read out", left)
	}
}

// look looks at the page that is open.
func (b *tab) look(path string) {
	b.t.Helper()
	b.sized(390, "light")
	for _, c := range []struct {
		width  int64
		scheme string
	}{{390, "light"}, {390, "dark"}, {1280, "light"}} {
		b.sized(c.width, c.scheme)
		b.run(`for (const d of document.querySelectorAll("details")) d.open = true`)
		for _, script := range []string{wide, spilt, broken, nameless, pale} {
			if wrong := ask[string](b, script); wrong != "" {
				b.t.Errorf("%s, %d, %s: %s", path, c.width, c.scheme, wrong)
			}
		}
	}
	if !strings.HasPrefix(path, "/nothing") { // the browser complains of the status
		b.clean(path)
	}
	b.problems = nil
}
