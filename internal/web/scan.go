package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// start is the page with one field.
func (s *server) start(w http.ResponseWriter, r *http.Request) { s.form(w, r, http.StatusOK, form{}) }

// form is what was typed and chosen, and what is wrong with it.
type form struct {
	Target, Wrong string
	Judges        judges
}

// form shows the page with one field.
func (s *server) form(w http.ResponseWriter, r *http.Request, status int, f form) {
	s.show(w, r, status, "start", view{Title: "Is your mail server protected?", Data: f})
}

// order takes what was typed, and leads to the scan.
func (s *server) order(w http.ResponseWriter, r *http.Request) {
	f := form{Target: r.PostFormValue("target")}
	by, err := judgesIn(r)
	f.Judges = by
	var target string
	if err == nil {
		target, err = s.targetOf(f.Target)
	}
	if err != nil {
		f.Wrong = sentence(err.Error())
		s.form(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	scan, no, err := s.ask(r.Context(), orderedBy(r.Context()), target, r.PostFormValue("depth") != "full")
	switch {
	case err != nil:
		s.broken(w, r, err)
	case no != nil:
		w.Header().Set("Retry-After", no.seconds())
		f.Wrong = no.why
		s.form(w, r, http.StatusTooManyRequests, f)
	default:
		http.Redirect(w, r, "/scans/"+scan.ID+by.Query(), http.StatusSeeOther)
	}
}

// retryAfter is how long whoever was refused is to wait, in seconds.
const retryAfter = "60"

// maxWaiting is how many scans may wait for their turn. More would wait for longer than anybody does.
const maxWaiting = 200

// ask orders a scan, or joins in one that is under way, which counts for nobody's limits. no says why neither is done.
func (s *server) ask(ctx context.Context, remote, target string, quick bool) (scan *store.Scan, no *notNow, err error) {
	scan, err = s.Store.UnderWay(ctx, target, quick)
	if !errors.Is(err, store.ErrNone) {
		return scan, nil, err
	}
	switch waiting, err := s.Store.Waiting(ctx); {
	case err != nil:
		return nil, nil, err
	case waiting >= maxWaiting:
		return nil, &notNow{"Too many scans wait for their turn: try again in some minutes.", time.Minute}, nil
	}
	if no := s.limits.admit(remote, target); no != nil {
		return nil, no, nil
	}
	scan, err = s.Queue.Ask(ctx, target, quick)
	if err == nil {
		s.Log.InfoContext(ctx, "a scan is ordered", "scan", scan.ID, "target", target, "quick", quick)
	}
	return scan, nil, err
}

// sentence makes an error a sentence for people. A name that it begins with stays as it is: of a domain, a host, an address.
func sentence(s string) string {
	if s = strings.TrimRight(s, "."); s == "" {
		return ""
	}
	first, _, _ := strings.Cut(s, " ")
	if named := strings.ContainsAny(strings.TrimRight(first, ",;:"), ".:@"); named || s[0] < 'a' || s[0] > 'z' {
		return s + "."
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// refreshEvery is how often a page of a scan under way is loaded again where there is no script, in seconds.
const refreshEvery = 3

// before is the scan of the same target that was done before, nil if there is none.
func (s *server) before(ctx context.Context, scan *store.Scan) (*store.Scan, error) {
	before, err := s.Store.Before(ctx, scan)
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	}
	return before, err
}

// progressed is what the page of a scan that is not done shows.
type progressed struct {
	Scan        *store.Scan
	Steps       []store.Step
	Connections int // of all together
}

func (s *server) underWay(w http.ResponseWriter, r *http.Request, scan *store.Scan) {
	steps, err := s.Store.Steps(r.Context(), scan.ID, 0)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	data := progressed{Scan: scan, Steps: steps}
	for _, x := range steps {
		data.Connections += x.Connections
	}
	v := view{Title: scan.Target, Data: data}
	if !scan.Over() {
		v.Refresh = refreshEvery
	}
	w.Header().Set("Cache-Control", "no-store")
	s.show(w, r, http.StatusOK, "progress", v)
}
