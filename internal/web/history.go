package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// historyLength is how many scans of a target are shown.
const historyLength = 100

// textWidth is how many columns the report has as text.
const textWidth = 100

// reportForm is a form in which a report can be had.
type reportForm struct {
	name, mediaType string
	write           func(io.Writer, *report.Report) error
}

func reportForms() []reportForm {
	return []reportForm{
		{"json", "application/json", report.WriteJSON},
		{"html", "text/html; charset=utf-8", report.WriteHTML},
		{"txt", "text/plain; charset=utf-8", func(w io.Writer, r *report.Report) error {
			return report.WriteText(w, r, report.TextOptions{Width: textWidth})
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

// file is the report of a scan in one of its forms, "report.json" and so on, judged also by the policies that are asked for.
func (s *server) file(w http.ResponseWriter, r *http.Request) {
	ext, ok := strings.CutPrefix(r.PathValue("file"), "report.")
	forms := reportForms()
	i := slices.IndexFunc(forms, func(f reportForm) bool { return f.name == ext })
	if !ok || i < 0 {
		s.fail(w, r, http.StatusNotFound, "There is no such form of a report: there are "+strings.Join(formatNames(), ", ")+".")
		return
	}
	by, err := judgesIn(r)
	if err != nil {
		s.fail(w, r, http.StatusUnprocessableEntity, sentence(err.Error()))
		return
	}
	write := forms[i].write
	if ext == "txt" && r.FormValue("verbose") != "" {
		write = func(w io.Writer, rep *report.Report) error {
			return report.WriteText(w, rep, report.TextOptions{Width: textWidth, Verbose: true})
		}
	}
	text, err := s.written(r.Context(), r.PathValue("id"), by, write)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", forms[i].mediaType)
	if ext == "html" { // needs its own style, and nothing else
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	}
	_, _ = w.Write(text)
}

// written is a stored report in some form, with the opinions of other policies.
func (s *server) written(ctx context.Context, id string, by judges, write func(io.Writer, *report.Report) error) ([]byte, error) {
	var b bytes.Buffer
	err := s.inTurn(ctx, func() error {
		rep, err := s.judged(ctx, id, by)
		if err != nil {
			return err
		}
		return write(&b, rep)
	})
	return b.Bytes(), err
}

// past is what the page of a target's history shows.
type past struct {
	Target   string
	Scans    []store.Scan
	Chart    *chart // nil: there is no second scan to see a course in
	Old, New string // IDs of the two latest scans that are done, to begin with
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
		p.Chart = chartOf(p.Scans)
		p.choose()
	}
	s.show(w, r, http.StatusOK, "history", view{Title: title, Data: p})
}

// choose names the two scans that are compared to begin with: the latest, and the one before it of the same depth, if there is one. What the
// other depth asks for besides is no change.
func (p *past) choose() {
	done := slices.DeleteFunc(slices.Clone(p.Scans), func(s store.Scan) bool { return s.State != store.Done })
	if len(done) == 0 {
		return
	}
	p.New = done[0].ID
	if len(done) == 1 {
		return
	}
	alike := slices.IndexFunc(done[1:], func(s store.Scan) bool { return s.Quick == done[0].Quick })
	p.Old = done[1+max(alike, 0)].ID
}
