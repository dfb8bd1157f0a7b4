package web

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// historyLength is how many scans of a target are shown.
const historyLength = 100

// form in which a report can be had.
type reportForm struct {
	name, mediaType string
	write           func(io.Writer, *report.Report) error
}

func reportForms() []reportForm {
	return []reportForm{
		{"json", "application/json", report.WriteJSON},
		{"html", "text/html; charset=utf-8", report.WriteHTML},
		{"txt", "text/plain; charset=utf-8", func(w io.Writer, r *report.Report) error {
			return report.WriteText(w, r, report.TextOptions{Width: 100})
		}},
		{"jsonl", "application/jsonl", report.WriteJSONL},
		{"csv", "text/csv; charset=utf-8", report.WriteCSV},
		{"sarif", "application/sarif+json", report.WriteSARIF},
		{"junit", "application/xml", report.WriteJUnit},
		{"prometheus", "text/plain; version=0.0.4; charset=utf-8", report.WritePrometheus},
	}
}

func formatNames() []string {
	var names []string
	for _, f := range reportForms() {
		names = append(names, f.name)
	}
	return names
}

// file is the report of a scan in one of its forms, "report.json" and so on.
func (s *server) file(w http.ResponseWriter, r *http.Request) {
	ext, ok := strings.CutPrefix(r.PathValue("file"), "report.")
	forms := reportForms()
	i := slices.IndexFunc(forms, func(f reportForm) bool { return f.name == ext })
	if !ok || i < 0 {
		s.fail(w, r, http.StatusNotFound, "There is no such form of a report: there are "+strings.Join(formatNames(), ", ")+".")
		return
	}
	rep, err := s.Store.Report(r.Context(), r.PathValue("id"))
	var b bytes.Buffer
	if err == nil {
		err = forms[i].write(&b, rep)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", forms[i].mediaType)
	if ext == "html" { // needs its own style, and nothing else
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	}
	_, _ = w.Write(b.Bytes())
}

// past is what the page of a target's history shows.
type past struct {
	Target string
	Scans  []store.Scan
}

// history lists the scans of a target, or the latest of all.
func (s *server) history(w http.ResponseWriter, r *http.Request) {
	p := past{}
	var err error
	if text := r.FormValue("target"); text != "" {
		if p.Target, err = s.targetOf(text); err != nil {
			s.fail(w, r, http.StatusUnprocessableEntity, sentence(err.Error()))
			return
		}
		p.Scans, err = s.Store.History(r.Context(), p.Target, historyLength)
	} else {
		p.Scans, err = s.Store.Latest(r.Context(), historyLength)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	title := "History"
	if p.Target != "" {
		title += " of " + p.Target
	}
	s.show(w, r, http.StatusOK, "history", view{Title: title, Data: p})
}

// compared is what the page about two scans shows.
type compared struct {
	Old, New *store.Scan
	Text     string
	Any      bool
}

// diff tells what has changed between two scans.
func (s *server) diff(w http.ResponseWriter, r *http.Request) {
	var scans [2]*store.Scan
	var reports [2]*report.Report
	for i, name := range []string{"old", "new"} {
		var err error
		if scans[i], err = s.Store.Scan(r.Context(), r.FormValue(name)); err == nil {
			reports[i], err = s.Store.Report(r.Context(), r.FormValue(name))
		}
		if err != nil {
			s.broken(w, r, err)
			return
		}
	}
	if scans[0].ID == scans[1].ID {
		s.fail(w, r, http.StatusUnprocessableEntity, "This is one scan, twice: choose two.")
		return
	}
	if scans[0].Target != scans[1].Target {
		s.fail(w, r, http.StatusUnprocessableEntity, "These are scans of two targets: what is different between them is no change.")
		return
	}
	if scans[1].Asked.Before(scans[0].Asked) {
		slices.Reverse(scans[:])
		slices.Reverse(reports[:])
	}
	changes := report.Diff(reports[0], reports[1])
	var b strings.Builder
	if err := changes.WriteText(&b); err != nil {
		s.broken(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "diff", view{Title: "What has changed", Data: compared{scans[0], scans[1], b.String(), changes.Any()}})
}
