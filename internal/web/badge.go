package web

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mailtls/mailtls/internal/store"
)

// badgeAge is how long a badge may be kept by whoever shows it, in seconds.
const badgeAge = 600

// badge is a small picture that says how a target did when it was last scanned.
type badge struct {
	Left, Right              string
	Whole, Split             int // widths, in pixels
	LeftMiddle, LeftLength   int // of the words
	RightMiddle, RightLength int
	Colour                   string
}

// badgePicture needs no style sheet and no script, so that it looks the same wherever it is shown.
const badgePicture = `<svg xmlns="http://www.w3.org/2000/svg" width="{{.Whole}}" height="20" role="img" aria-label="{{.Left}}: {{.Right}}"><title>{{.Left}}: {{.Right}}</title><rect width="{{.Whole}}" height="20" rx="3" fill="{{.Colour}}"/><path d="M3 0h{{.Split}}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3d444b"/><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="{{.LeftMiddle}}" y="14" textLength="{{.LeftLength}}">{{.Left}}</text><text x="{{.RightMiddle}}" y="14" textLength="{{.RightLength}}">{{.Right}}</text></g></svg>
`

var badgeTemplate = sync.OnceValues(func() (*template.Template, error) { return template.New("badge").Parse(badgePicture) })

// newBadge says words on two grounds, the second of that colour.
func newBadge(left, right, colour string) badge {
	wide := func(s string) int { return 7 * utf8.RuneCountInString(s) }
	l, r := wide(left), wide(right)
	return badge{left, right, l + r + 28, l + 11, l/2 + 7, l, l + 14 + r/2 + 7, r, colour}
}

// badgeOf is that of the last scan that is done; nil if there is none.
func badgeOf(scan *store.Scan) badge {
	if scan == nil {
		return newBadge("mail TLS", "not scanned", "#5b646d")
	}
	colour := map[string]string{"pass": "#1a7431", "warn": "#8a5a00", "fail": "#b3261e"}[scan.Verdict.String()]
	if colour == "" {
		colour = "#4d5a9e"
	}
	word := scan.Verdict.String()
	if grade := scan.GradeText(); grade != "" {
		word = grade
	}
	return newBadge("mail TLS", word+" · "+scan.Asked.Format("2006-01-02"), colour)
}

// badge shows the last stored scan of a target, and never orders one. Whoever shows it may keep it for a while.
func (s *server) badge(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".svg")
	target, err := s.targetOf(name)
	if !ok || err != nil {
		s.fail(w, r, http.StatusNotFound, "There is no such badge: want the name of a domain, with .svg at its end.")
		return
	}
	last, err := s.Store.LastDone(r.Context(), target)
	if err != nil && !errors.Is(err, store.ErrNone) {
		s.broken(w, r, err)
		return
	}
	var b bytes.Buffer
	picture, err := badgeTemplate()
	if err == nil {
		err = picture.Execute(&b, badgeOf(last))
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	h := fnv.New64a()
	_, _ = h.Write(b.Bytes())
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", fmt.Sprintf("%s, max-age=%d", s.sharing(), badgeAge))
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // it is made for pages elsewhere
	w.Header().Set("ETag", fmt.Sprintf(`W/"%x"`, h.Sum64()))
	if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(b.Bytes())
}

// pasted is how pages elsewhere show a badge.
type pasted struct{ Path, Markdown, HTML string }

// pasteOf is that of a target, by the name that this service was asked by.
func pasteOf(r *http.Request, target string) pasted {
	p := pasted{Path: "/badge/" + url.PathEscape(target) + ".svg"}
	scheme := "https"
	if r.TLS == nil && r.Header.Get("X-Forwarded-Proto") != "https" {
		scheme = "http"
	}
	at := scheme + "://" + r.Host
	history := at + "/history?target=" + url.QueryEscape(target)
	p.Markdown = "[![mail TLS](" + at + p.Path + ")](" + history + ")"
	p.HTML = `<a href="` + history + `"><img src="` + at + p.Path + `" alt="mail TLS" height="20"></a>`
	return p
}

// sharing says whether a cache that many use may keep what is for all visitors.
func (s *server) sharing() string {
	if s.Closed {
		return "private"
	}
	return "public"
}
