package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// scanned is what the page of a scan that is done shows.
type scanned struct {
	Scan    *store.Scan
	Main    template.HTML // of the report
	Formats []string
	Before  *store.Scan // of the same target, the one before
	Judges  judges
	Badge   pasted
}

// scan is the page of a scan: how far it is, or its report, judged also by the policies that are asked for.
func (s *server) scan(w http.ResponseWriter, r *http.Request) {
	scan, err := s.Store.Scan(r.Context(), r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	by, err := judgesIn(r)
	if err != nil {
		s.fail(w, r, http.StatusUnprocessableEntity, sentence(err.Error()))
		return
	}
	if scan.State != store.Done {
		s.underWay(w, r, scan)
		return
	}
	before, err := s.before(r.Context(), scan)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if s.unchanged(w, r, scan, before, by) {
		return
	}
	main, err := s.reportMain(r.Context(), scan.ID, by)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "report", view{Title: scan.Target, Data: scanned{Scan: scan,
		Main: template.HTML(main), Formats: formatNames(), Before: before, Judges: by, Badge: pasteOf(r, scan.Target)}}) // escaped by package report's own html/template
}

// unchanged lets a browser ask again whether the page of a report that it has is what it would get, and answers that if so. A report
// stays as it is, but for the scan before it that the page links to, and for the program that writes it.
func (s *server) unchanged(w http.ResponseWriter, r *http.Request, scan, before *store.Scan, by judges) bool {
	tag := s.instance + "-" + r.Host + "-" + scan.ID + "-" + strings.Join(by, ".")
	if before != nil {
		tag += "-" + before.ID
	}
	tag = `W/"` + tag + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Vary", "Accept-Encoding")
	if !slices.Contains(strings.Split(r.Header.Get("If-None-Match"), ", "), tag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// reportMain is the main element of a report's page. Those that were made last are kept, since a report that is looked at is looked at
// again.
func (s *server) reportMain(ctx context.Context, id string, by judges) (string, error) {
	key := id + " " + strings.Join(by, " ")
	if main, ok := s.made.get(key); ok {
		return main, nil
	}
	var main bytes.Buffer
	err := s.inTurn(ctx, func() error {
		if text, ok := s.made.get(key); ok { // somebody else had it written meanwhile
			_, err := main.WriteString(text)
			return err
		}
		rep, err := s.judged(ctx, id, by)
		if err != nil {
			return err
		}
		return report.WriteHTMLMain(&main, rep)
	})
	if err != nil {
		return "", err
	}
	s.made.put(key, main.String())
	return main.String(), nil
}

// errBusy says that a report could not be written in time, since many are.
var errBusy = errors.New("many reports are being written")

// inTurn has a report read and written when its turn comes: no more are at once than there are processors, and who came first has his first,
// instead of all waiting for all, with all reports in memory.
func (s *server) inTurn(ctx context.Context, write func() error) error {
	select {
	case s.writing <- struct{}{}: // by chance also where ctx is done, which reading will notice
		defer func() { <-s.writing }()
		return write()
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errBusy
		}
		return ctx.Err()
	}
}

// judged is a stored report, with the opinions of other policies.
func (s *server) judged(ctx context.Context, id string, by judges) (*report.Report, error) {
	rep, err := s.Store.Report(ctx, id)
	if err != nil || len(by) == 0 {
		return rep, err
	}
	all, err := builtIn()
	if err != nil {
		return nil, err
	}
	var others []*policy.Policy
	for _, name := range by {
		others = append(others, all[name])
	}
	return report.Judge(rep, all[policy.Mail], others, time.Time{}), nil
}

// builtIn are all policies by name, read once.
var builtIn = sync.OnceValues(func() (map[string]*policy.Policy, error) {
	all := make(map[string]*policy.Policy)
	for _, name := range policy.Names() {
		p, err := policy.Named(name)
		if err != nil {
			return nil, err
		}
		all[name] = p
	}
	return all, nil
})

// judges are the names of the policies beside the policy mail that a report is judged by.
type judges []string

// judgesIn are those that a request asks for, each once.
func judgesIn(r *http.Request) (judges, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("the form cannot be read: %w", err)
	}
	known := policy.Names()
	var out judges
	for _, name := range r.Form["policy"] {
		if !slices.Contains(known, name) {
			return nil, errors.New("there is no such policy: there are " + strings.Join(known, ", "))
		}
		if name != policy.Mail && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Query is how an address asks for them, or "".
func (j judges) Query() string {
	if len(j) == 0 {
		return ""
	}
	return "?" + url.Values{"policy": j}.Encode()
}

// Has reports whether it is asked for.
func (j judges) Has(name string) bool { return slices.Contains(j, name) }

// otherPolicies are those that there are beside the policy mail.
func otherPolicies() []string {
	return slices.DeleteFunc(policy.Names(), func(name string) bool { return name == policy.Mail })
}
