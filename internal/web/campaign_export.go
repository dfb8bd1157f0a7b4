package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/store"
)

// exportForm is a form in which the results of a campaign can be had: those of mailtls scan --file, and of mailtls summary.
type exportForm struct {
	name, mediaType string
	write           func(s *server, ctx context.Context, w io.Writer, campaign string) error
}

func exportForms() []exportForm {
	return []exportForm{
		{"results.jsonl", "application/jsonl", (*server).exportJSONL},
		{"results.csv", "text/csv; charset=utf-8", func(s *server, ctx context.Context, w io.Writer, id string) error {
			return bulk.WriteCSV(w, s.rows(ctx, id))
		}},
		{"results.parquet", "application/vnd.apache.parquet", func(s *server, ctx context.Context, w io.Writer, id string) error {
			return bulk.WriteTable(w, s.rows(ctx, id))
		}},
		{"endpoints.parquet", "application/vnd.apache.parquet", func(s *server, ctx context.Context, w io.Writer, id string) error {
			return bulk.WriteEndpointTable(w, func(add func(*evidence.Endpoint, string) error) error { return s.Store.EachEndpoint(ctx, id, add) })
		}},
		{"summary.html", "text/html; charset=utf-8", summaryForm((*bulk.Summary).WriteHTML)},
		{"summary.csv", "text/csv; charset=utf-8", summaryForm((*bulk.Summary).WriteCSV)},
		{"summary.txt", "text/plain; charset=utf-8", summaryForm((*bulk.Summary).WriteText)},
	}
}

func summaryForm(write func(*bulk.Summary, io.Writer) error) func(*server, context.Context, io.Writer, string) error {
	return func(s *server, ctx context.Context, w io.Writer, id string) error {
		sum, err := s.summaryOf(ctx, id)
		if err != nil {
			return err
		}
		return write(sum, w)
	}
}

// isExport reports whether a request is for results, which may take long.
func isExport(r *http.Request) bool {
	_, name, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/v1"), "/campaigns/"), "/")
	return strings.Contains(r.URL.Path, "/campaigns/") && strings.Contains(name, ".")
}

// campaignFile is what came of a campaign so far, in one of the forms.
func (s *server) campaignFile(w http.ResponseWriter, r *http.Request) {
	owner, _ := s.owner(r)
	c, err := s.Store.Campaign(r.Context(), owner, r.PathValue("id"))
	if err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	var names []string
	for _, f := range exportForms() {
		if f.name == r.PathValue("file") {
			s.export(w, r, c, f)
			return
		}
		names = append(names, f.name)
	}
	s.fail(w, r, http.StatusNotFound, "There is no such file of a campaign: there are "+strings.Join(names, ", ")+".")
}

// exportChunk is how much is written at a time, and exportTime how long the other side may take for it.
const exportChunk, exportTime = 64 << 10, time.Minute

// export writes results as they are read. What goes wrong on the way breaks the answer off, so that nobody takes a part for the whole.
func (s *server) export(w http.ResponseWriter, r *http.Request, c *store.Campaign, f exportForm) {
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "no-store")
	if f.name == "summary.html" { // needs its own style, and nothing else
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	} else if !strings.HasPrefix(f.name, "summary.") {
		h.Set("Content-Disposition", `attachment; filename="`+strings.ToLower(c.ID[:8])+"-"+f.name+`"`)
	}
	out := bufio.NewWriterSize(&patientWriter{w, http.NewResponseController(w)}, exportChunk)
	err := f.write(s, r.Context(), out, c.ID)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		s.Log.WarnContext(r.Context(), "results of a campaign were not written to the end", "campaign", c.ID, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// patientWriter gives the other side time for each part.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *patientWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(exportTime))
	return p.ResponseWriter.Write(b)
}

// rows adds the row of each name of a campaign that has one.
func (s *server) rows(ctx context.Context, id string) func(func(bulk.Row) error) error {
	return func(add func(bulk.Row) error) error {
		return s.Store.EachMember(ctx, id, func(m *store.Member) error {
			row, there, err := s.row(m)
			if err != nil || !there {
				return err
			}
			return add(row)
		})
	}
}

func (s *server) row(m *store.Member) (row bulk.Row, there bool, err error) {
	if m.Fault != "" {
		return bulk.Row{Domain: m.Name, Line: m.Line, Result: bulk.Invalid, Error: m.Fault}, true, nil
	}
	there, err = s.Store.Row(m, &row)
	return row, there, err
}

// exportJSONL writes a line for each name that nothing waits for: its report, or its row where there is none, or none any more.
func (s *server) exportJSONL(ctx context.Context, w io.Writer, id string) error {
	return s.Store.EachMember(ctx, id, func(m *store.Member) error {
		row, there, err := s.row(m)
		if err != nil || !there {
			return err
		}
		text, err := s.Store.MemberReport(ctx, m)
		if err == nil && text == nil {
			if m.Verdict != "" {
				row.Error = "its report was removed"
			}
			text, err = row.JSON()
		}
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	})
}

func (s *server) summaryOf(ctx context.Context, id string) (*bulk.Summary, error) {
	sum := bulk.NewSummary()
	return sum, s.rows(ctx, id)(func(row bulk.Row) error {
		sum.Add(row)
		return nil
	})
}

// campaignSums is what the page of a campaign's summary shows.
type campaignSums struct {
	*store.Campaign
	Sum           *bulk.Summary
	Distributions []bulk.Distribution
}

func (s *server) campaignSummary(w http.ResponseWriter, r *http.Request) {
	owner, _ := s.owner(r)
	c, err := s.Store.Campaign(r.Context(), owner, r.PathValue("id"))
	v := campaignSums{Campaign: c}
	if err == nil {
		v.Sum, err = s.summaryOf(r.Context(), c.ID)
	}
	if err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	v.Distributions = v.Sum.Distributions()
	w.Header().Set("Cache-Control", "no-store")
	s.show(w, r, http.StatusOK, "campaign_summary", view{Title: "Summary of " + c.Name, Data: v})
}
