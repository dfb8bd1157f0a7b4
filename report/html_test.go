package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
	"golang.org/x/net/html"
)

// htmlOf returns the report as HTML, and the tokens that a browser would read.
func htmlOf(t *testing.T, r *Report) (string, []html.Token) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	var tokens []html.Token
	for z := html.NewTokenizer(bytes.NewReader(b.Bytes())); ; {
		if z.Next() == html.ErrorToken {
			if !errors.Is(z.Err(), io.EOF) {
				t.Fatal(z.Err())
			}
			return b.String(), tokens
		}
		tokens = append(tokens, z.Token())
	}
}

func TestHTML(t *testing.T) {
	for name, r := range map[string]*Report{
		"healthy": build(t, healthy(t)), "weak": build(t, weak(t)), "throttled": build(t, throttled(t)),
		"unanswered": build(t, unanswered(t)), "several": build(t, healthy(t), throttled(t), weak(t), unanswered(t)),
		"none": build(t), "policies": Judge(build(t, weak(t)), mailPolicy(t), others(t), scanned.Add(day)), "hostile": build(t, hostile(t)),
		"many":     build(t, slices.Repeat([]*evidence.Endpoint{healthy(t), throttled(t), weak(t), unanswered(t)}, 4)...),
		"accepted": Accept(build(t, weak(t), healthy(t)), someAccepted(t)),
	} {
		t.Run(name, func(t *testing.T) {
			text, tokens := htmlOf(t, r)
			if slices.Contains([]string{"weak", "hostile"}, name) {
				golden(t, name+".html", []byte(text))
			}
			wellFormed(t, tokens)
			needsNothing(t, tokens)
			if len(text) > 200_000 {
				t.Errorf("%d bytes", len(text))
			}
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%q is on the page", text[i:min(i+20, len(text))])
			}
		})
	}
}

// wellFormed wants each element that is opened to be closed, in order, and each id once.
func wellFormed(t *testing.T, tokens []html.Token) {
	t.Helper()
	var open []string
	ids := make(map[string]bool)
	for _, k := range tokens {
		switch k.Type {
		case html.StartTagToken:
			if !slices.Contains([]string{"meta", "br", "hr", "img"}, k.Data) {
				open = append(open, k.Data)
			}
			for _, a := range k.Attr {
				if a.Key == "id" && ids[a.Val] {
					t.Errorf("id %q twice", a.Val)
				}
				ids[a.Val] = ids[a.Val] || a.Key == "id"
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != k.Data {
				t.Fatalf("</%s> closes %q", k.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %q", open)
	}
}

// needsNothing wants no element and no attribute by which a page loads something or runs a script, whatever the server said.
// Links are for readers to follow.
func needsNothing(t *testing.T, tokens []html.Token) {
	t.Helper()
	allowed := strings.Fields("html head meta title style body main header h1 h2 h3 p strong span code a b i div section article " +
		"table tr td th ul li pre details summary dl dt dd footer")
	for _, k := range tokens {
		if k.Type != html.StartTagToken && k.Type != html.SelfClosingTagToken {
			continue
		}
		if !slices.Contains(allowed, k.Data) {
			t.Errorf("<%s> is on the page", k.Data)
		}
		for _, a := range k.Attr {
			link := a.Key == "href" && k.Data == "a"
			fine := link && (strings.HasPrefix(a.Val, "#s") || strings.HasPrefix(a.Val, "#d") || a.Val == "#all" || strings.HasPrefix(a.Val, "https://www.rfc-editor.org/rfc/rfc") || strings.HasPrefix(a.Val, "https://www.cve.org/CVERecord?id=CVE-"))
			known := slices.Contains(strings.Fields("lang charset name content http-equiv class role aria-label aria-hidden title id scope colspan rel"), a.Key)
			if !fine && !known {
				t.Errorf("<%s %s=%q>", k.Data, a.Key, a.Val)
			}
		}
	}
	for i, k := range tokens {
		if k.Type == html.StartTagToken && k.Data == "style" && strings.Contains(tokens[i+1].Data, "url(") {
			t.Error("the style sheet loads something")
		}
	}
}

// TestHTMLTellsWhatTextTells wants each finding and each reason on the page.
func TestHTMLTellsWhatTextTells(t *testing.T) {
	for _, e := range []*Report{build(t, weak(t)), build(t, throttled(t)), build(t, unanswered(t)), build(t, weak(t), weak(t), healthy(t))} {
		_, tokens := htmlOf(t, e)
		var text strings.Builder
		for _, k := range tokens {
			if k.Type == html.TextToken {
				text.WriteString(k.Data + " ")
			}
		}
		for _, p := range e.Endpoints[0].Findings {
			if _, lost := unreachable(e.Endpoints[0]); lost {
				break
			}
			if !strings.Contains(text.String(), p.Check) || !strings.Contains(text.String(), Escape(p.Message)) {
				t.Errorf("%s is missing: %s", p.Check, p.Message)
			}
		}
		guess, given := fix.Recognise(e.Endpoints[0].Endpoint), make(map[string]string)
		for _, b := range blocks(e.Endpoints[0].Findings) {
			c, _ := cureOf(b, guess, given)
			for _, part := range c.parts {
				if lines := strings.Join(part.lines, "\n"); !strings.Contains(text.String(), lines) || !strings.Contains(text.String(), part.head) {
					t.Errorf("the fix of %s is missing: %s\n%s", b.checks[0].ID, part.head, lines)
				}
			}
		}
		if why := e.Endpoints[0].Facts.Reachable.Why; !strings.Contains(text.String(), why) {
			t.Errorf("%q is missing", why)
		}
	}
}

func TestRefURL(t *testing.T) {
	for ref, want := range map[string]string{
		"RFC 8996":                "https://www.rfc-editor.org/rfc/rfc8996",
		"RFC 8996, Section 4":     "https://www.rfc-editor.org/rfc/rfc8996#section-4",
		"RFC 9325, Section 3.1.1": "https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1",
		"RFC 5280, Section x\"":   "https://www.rfc-editor.org/rfc/rfc5280",
		"CVE-2014-3566":           "https://www.cve.org/CVERecord?id=CVE-2014-3566",
		"a paper":                 "", "RFC ": "", "RFC 1/../x": "", "CVE-x": "",
	} {
		if got := RefURL(ref); got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
}

// TestNumbers writes runs of numbers in short.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		list []int
		want string
	}{{[]int{1}, "1"}, {[]int{1, 2}, "1, 2"}, {[]int{2, 3, 4, 6, 8, 9}, "2–4, 6, 8, 9"}, {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "all"}} {
		if got := numbers(c.list, 9); got != c.want {
			t.Errorf("%v: %q, want %q", c.list, got, c.want)
		}
	}
}

// TestHTMLHasTheFix wants the lines for a server that is recognised on the page, and whether they were tried.
func TestHTMLHasTheFix(t *testing.T) {
	for greeting, want := range map[string][]string{
		"220 mx1.example.org ESMTP Postfix": {"postconf -e &#39;smtpd_tls_protocols = !SSLv2, ", "Postfix before 3.4, not tried by us:", "Mind:"},
		"220 mx1.example.org ESMTP Haraka":  {"not tried by us"},
		"220 mx1.example.org ESMTP":         {"mailtls harden SOFTWARE"},
	} {
		e := weak(t)
		e.Target.Protocol, e.Target.Port = "smtp", 25
		e.Facts.Greeting = known(greeting)
		text, tokens := htmlOf(t, build(t, e))
		wellFormed(t, tokens)
		needsNothing(t, tokens)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not on the page", greeting, w)
			}
		}
	}
}

// TestHTMLRequested has what came of what a flag asked for on the page.
func TestHTMLRequested(t *testing.T) {
	e := healthy(t)
	e.Facts.Revocation = known([]evidence.Revocation{{Certificate: "leaf", Sourceless: true}})
	e.Facts.Lint = known([]evidence.Lint{{Certificate: "leaf", Name: "e_x", Level: "error", Citation: "1", Text: "no <x>"}})
	text, _ := htmlOf(t, build(t, e))
	for _, want := range []string{"mx1.example.org names nobody to ask", "error e_x: no &lt;x&gt; (1)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestHTMLTellsWhoIsCutOff wants the lines of the text on the page, all names on that of one server, and once what is the same
// of several.
func TestHTMLTellsWhoIsCutOff(t *testing.T) {
	clients, err := client.All()
	if err != nil {
		t.Fatal(err)
	}
	r := build(t, weak(t), weak(t))
	page, _ := htmlOf(t, r)
	lines := cutOffs(r.Endpoints[0], clients, fewClients)
	if len(lines) < 3 {
		t.Fatalf("%q", lines)
	}
	for _, l := range lines {
		row := "<dt>" + l.Label + "</dt><dd>" + l.Text + "</dd>"
		if l.Label == "" {
			row = "<p class=\"small\">" + l.Text + "</p>"
		}
		if strings.Count(page, row) != 1 {
			t.Errorf("%d times %q", strings.Count(page, row), row)
		}
	}
	if n := strings.Count(page, cutTitle); n != 2 || strings.Contains(page, "All of them by name") {
		t.Errorf("%d titles, or all names on a page of several servers", n)
	}
	if page, _ = htmlOf(t, build(t, weak(t))); !strings.Contains(page, "All of them by name") {
		t.Error("not all names on the page of one server")
	}
	if page, _ = htmlOf(t, build(t, healthy(t))); strings.Contains(page, cutTitle) {
		t.Error("nothing is to be mended, and yet somebody is cut off")
	}
}

// TestRowsShared tells once what several servers have in the same words.
func TestRowsShared(t *testing.T) {
	first, a, b := make(map[labelled]labelled), labelled{"s1", "a"}, labelled{"s2", "b"}
	rows := []labelled{{"x", "1"}, {"y", "2"}}
	if own, same := rowsShared(rows, a, first); !slices.Equal(own, rows) || same != nil {
		t.Errorf("%v, %v", own, same)
	}
	own, same := rowsShared([]labelled{{"x", "1"}, {"y", "3"}, {"y", "2"}}, b, first)
	if !slices.Equal(own, []labelled{{"y", "3"}}) || !slices.Equal(same, []sameRows{{a, "x, y"}}) {
		t.Errorf("%v, %v", own, same)
	}
}

// TestMatrices wants no table of more columns than paper has room for, and each server in one of them.
func TestMatrices(t *testing.T) {
	r := build(t, slices.Repeat([]*evidence.Endpoint{healthy(t)}, maxColumns+1)...)
	var views []endpointView
	for i := range r.Endpoints {
		views = append(views, endpointView{ID: fmt.Sprint(i), Number: i + 1})
	}
	got := matrices(r.Endpoints, views)
	if len(got) != 2 || len(got[0].Servers) != maxColumns || len(got[1].Servers) != 1 || got[1].Servers[0].Number != maxColumns+1 {
		t.Fatalf("%d tables", len(got))
	}
	if rows := got[1].Rows; len(rows) != len(promises()) || len(rows[0].Marks) != 1 {
		t.Errorf("%v", rows)
	}
}

// TestHTMLOfManyWeakServers wants the page on a whole platform to stay one that can be mailed.
func TestHTMLOfManyWeakServers(t *testing.T) {
	var list []*evidence.Endpoint
	for i := range 20 {
		e := weak(t)
		e.Target.Host, e.Target.Address = fmt.Sprintf("imap%d.example.org", i), fmt.Sprintf("192.0.2.%d", i)
		e.Facts.Greeting = known("* OK Dovecot ready.")
		list = append(list, e)
	}
	text, tokens := htmlOf(t, build(t, list...))
	wellFormed(t, tokens)
	needsNothing(t, tokens)
	if len(text) > 200_000 {
		t.Errorf("%d bytes", len(text))
	}
}
