package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

//go:embed pages/*.tmpl
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages are the templates, by name: each with the layout around it.
type pages struct{ named map[string]*template.Template }

func parsePages() (*pages, error) {
	layout, err := template.New("layout.tmpl").Funcs(words()).ParseFS(pageFiles, "pages/layout.tmpl", "pages/parts.tmpl")
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(pageFiles, "pages/*.tmpl")
	if err != nil {
		return nil, err
	}
	p := &pages{make(map[string]*template.Template)}
	for _, f := range files {
		t, err := layout.Clone()
		if err == nil {
			_, err = t.ParseFS(pageFiles, f)
		}
		if err != nil {
			return nil, err
		}
		p.named[strings.TrimSuffix(path.Base(f), ".tmpl")] = t
	}
	return p, nil
}

// words are what the templates say values by.
func words() template.FuncMap {
	return template.FuncMap{
		"day":      func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
		"escape":   report.Escape,
		"join":     strings.Join,
		"sentence": sentence,
		"hours":    hoursText,
		"more":     func(n int) int { return n - 1 },

		"otherPolicies": otherPolicies,

		"trend": func(t report.Trend) string {
			return map[report.Trend]string{report.Worse: "Worse", report.Better: "Better", report.Learned: "Now known", report.Lost: "No longer known", report.Neither: "Other"}[t]
		},
		"level": func(l check.Level) string {
			return cmp.Or(map[check.Level]string{check.NotApplicable: "not applicable"}[l], l.String())
		},
		"severity": func(s policy.Severity) string {
			return map[policy.Severity]string{policy.OK: "soft", policy.Note: "note", policy.Warn: "warn", policy.Fail: "fail"}[s]
		},
	}
}

// view is what the layout shows.
type view struct {
	Title   string
	Refresh int  // seconds after which a browser without script loads the page again; 0: never
	Auth    bool // there are accounts
	Data    any
}

// show writes a page, whole or not at all.
func (s *server) show(w http.ResponseWriter, r *http.Request, status int, page string, v view) {
	var b bytes.Buffer
	v.Auth = s.Auth
	if err := s.pages.named[page].ExecuteTemplate(&b, "layout.tmpl", v); err != nil {
		s.Log.ErrorContext(r.Context(), "a page could not be made", "page", page, "path", r.URL.Path, "error", err)
		http.Error(w, "This page could not be made: the log of the service says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))) // what was typed need not be
}

// fail shows what went wrong.
func (s *server) fail(w http.ResponseWriter, r *http.Request, status int, why string) {
	s.amiss(w, r, status, view{Title: http.StatusText(status), Data: why})
}

// amiss tells what went wrong: people by a page, and programs by a problem, also where pages and API share what answers.
func (s *server) amiss(w http.ResponseWriter, r *http.Request, status int, v view) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		problem(w, status, fmt.Sprint(v.Data))
		return
	}
	s.show(w, r, status, "error", v)
}

// awayRefresh is after how many seconds a page is loaded again that could not be shown without the database.
const awayRefresh = 10

// broken shows that something failed here, and keeps the reason for the log; nobody is told of it whose scan there is none of.
func (s *server) broken(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, store.ErrNone) {
		s.fail(w, r, http.StatusNotFound, "There is no such scan.")
		return
	}
	if errors.Is(err, store.ErrNoAccount) { // since a moment ago
		s.fail(w, r, http.StatusForbidden, sentence(disabled))
		return
	}
	if errors.Is(err, context.Canceled) { // whoever asked went away, or the program ends
		s.later(w, r, "This service ends, or begins anew: try again in a minute.")
		return
	}
	s.Log.ErrorContext(r.Context(), "a request failed", "path", r.URL.Path, "error", err)
	switch {
	case errors.Is(err, errBusy):
		s.later(w, r, "So many reports are asked for now that this one could not be written in time: try again in a minute.")
		return
	case store.Away(err):
		s.later(w, r, "The database of this service does not answer now. Nothing is lost: try again in a minute.")
		return
	}
	s.fail(w, r, http.StatusInternalServerError, "Something went wrong here, not at the server that was to be scanned. The log of the service says what, of the request "+requestIn(r.Context())+".")
}

// later says that something goes on later, and has the page loaded again then.
func (s *server) later(w http.ResponseWriter, r *http.Request, why string) {
	v := view{Title: http.StatusText(http.StatusServiceUnavailable), Data: why}
	if r.Method == http.MethodGet {
		v.Refresh = awayRefresh
	}
	w.Header().Set("Retry-After", retryAfter)
	s.amiss(w, r, http.StatusServiceUnavailable, v)
}

// static serves the style sheets and the script.
func static(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	if r.PathValue("file") == "report.css" {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(report.Stylesheet()))
		return
	}
	http.ServeFileFS(w, r, staticFiles, "static/"+path.Base(r.PathValue("file")))
}
