package web

import (
	"database/sql"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/mailtls/mailtls/report"
)

// wide is a script that says what of a page is wider than the window.
const wide = `(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre"));
  return "is " + document.documentElement.scrollWidth + " wide: " + out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
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

// showcase stores reports on a domain and a server, and returns the paths of pages of all kinds.
func showcase(t *testing.T, s *service) []string {
	t.Helper()
	domain := stored(t)
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
	return []string{"/", "/about", "/checks", "/checks/protocol-tls10", "/checks/dane-mismatch", "/policies", "/policies/mail", "/policies/bsi-tr-03108", "/statistics", "/nothing",
		"/history", "/history?target=" + url.QueryEscape(target), "/diff?old=" + old + "&new=" + late, "/scans/" + waiting.ID,
		"/scans/" + late + "?policy=rfc9325", "/scans/" + late + "/clients", "/scans/" + late + "/transcript",
		"/scans/" + whole, "/scans/" + whole + "/clients", "/scans/" + whole + "/transcript"}
}

// TestLooks opens pages of all kinds in a browser, as wide as a phone and as a desk, light and dark, with all that folds unfolded: none
// is wider than the window or too pale to read, has a field without a name, or makes the browser complain.
func TestLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	b := newTab(t)
	s := serve(t, Allow(nil, Ports(nil)))
	paths := showcase(t, s)
	for _, path := range paths {
		b.sized(390, "light")
		b.do(chromedp.Navigate(s.URL + path))
		for _, c := range []struct {
			width  int64
			scheme string
		}{{390, "light"}, {390, "dark"}, {1280, "light"}} {
			b.sized(c.width, c.scheme)
			b.run(`for (const d of document.querySelectorAll("details")) d.open = true`)
			for _, script := range []string{wide, nameless, pale} {
				if wrong := ask[string](b, script); wrong != "" {
					t.Errorf("%s, %d, %s: %s", path, c.width, c.scheme, wrong)
				}
			}
		}
		if path != "/nothing" { // the browser complains of the status
			b.clean(path)
		}
		b.problems = nil
	}
	b.do(chromedp.Navigate(s.URL), chromedp.KeyEvent("\t"))
	if first := ask[string](b, `document.activeElement.className`); first != "skip" {
		t.Errorf("the first that the keyboard comes to is %q", first)
	}
}
