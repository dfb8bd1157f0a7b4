package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

const (
	listLength   = 200 // monitors on a page
	toldLength   = 20  // events and deliveries on the page of a monitor
	longestMuted = 90 * 24 * time.Hour
)

// noMonitors is why a service for strangers has none.
const noMonitors = "There are no monitors here: whoever reaches this service could have it send mail to anybody, and there are no accounts yet. " +
	"Monitors need a service that is reached from its own machine alone: --listen on a loopback address, without --host."

// proxied reports whether a proxy says that it asks for somebody else.
func proxied(r *http.Request) bool {
	return r.Header.Get("X-Forwarded-For")+r.Header.Get("Forwarded")+r.Header.Get("Via") != ""
}

// forStrangers reports whether a request is about monitors, and asked by a proxy for somebody else: whoever set that up did not mean to have
// monitors for strangers. Feeds are for whoever knows their address.
func (s *server) forStrangers(r *http.Request) bool {
	about := strings.HasPrefix(r.URL.Path, "/monitors") && !strings.HasSuffix(r.URL.Path, "/feed.atom") || strings.HasPrefix(r.URL.Path, "/api/v1/monitors")
	return s.Hooks != nil && about && proxied(r)
}

// monitorPages adds the pages of monitors to mux.
func (s *server) monitorPages(mux *http.ServeMux) {
	if s.Hooks == nil {
		mux.HandleFunc("GET /monitors", func(w http.ResponseWriter, r *http.Request) {
			s.show(w, r, http.StatusOK, "monitors", view{Title: "Monitors", Data: monitorList{Without: noMonitors}})
		})
		return
	}
	mux.HandleFunc("GET /monitors", s.monitors)
	mux.HandleFunc("POST /monitors", s.addMonitor)
	mux.HandleFunc("GET /monitors/new", s.newMonitor)
	mux.HandleFunc("GET /monitors/{id}", s.monitor)
	mux.HandleFunc("POST /monitors/{id}", s.changeMonitor)
	mux.HandleFunc("GET /monitors/{id}/edit", s.editMonitor)
	mux.HandleFunc("POST /monitors/{id}/{action}", s.actOnMonitor)
	mux.HandleFunc("GET /monitors/{id}/feed.atom", s.feed)
}

// monitorList is what the page of all monitors shows.
type monitorList struct {
	Without  string // why there are none
	Monitors []monitorLine
	More     string // the time before which more were made; empty: there are no more
}

// monitorLine is a monitor in a list.
type monitorLine struct {
	store.Monitor
	First   string // target
	Targets int
	Due     time.Time
	Amiss   bool // a scan failed, or a message could not be brought
}

func (s *server) monitors(w http.ResponseWriter, r *http.Request) {
	before, _ := time.Parse(time.RFC3339Nano, r.FormValue("before")) // else the zero time: from the latest on
	list, err := s.Store.Monitors(r.Context(), before, listLength)
	out := monitorList{}
	for i := range list {
		var line monitorLine
		if line, err = s.line(r, list[i]); err != nil {
			break
		}
		out.Monitors = append(out.Monitors, line)
	}
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	if len(list) == listLength {
		out.More = list[listLength-1].Made.Format(time.RFC3339Nano)
	}
	s.show(w, r, http.StatusOK, "monitors", view{Title: "Monitors", Data: out})
}

func (s *server) line(r *http.Request, m store.Monitor) (monitorLine, error) {
	l := monitorLine{Monitor: m}
	watches, err := s.Store.Watches(r.Context(), m.ID)
	if err != nil {
		return l, err
	}
	for _, x := range watches {
		if l.Targets++; l.First == "" {
			l.First = x.Target
		}
		if l.Due.IsZero() || !x.Due.IsZero() && x.Due.Before(l.Due) {
			l.Due = x.Due
		}
		l.Amiss = l.Amiss || x.Why != ""
	}
	last, err := s.Store.Deliveries(r.Context(), m.ID, 1)
	l.Amiss = l.Amiss || len(last) > 0 && last[0].Why != ""
	return l, err
}

// brokenMonitor shows what went wrong.
func (s *server) brokenMonitor(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, store.ErrNoMonitor) {
		s.fail(w, r, http.StatusNotFound, "There is no such monitor.")
		return
	}
	s.broken(w, r, err)
}

// monitorView is what the page of a monitor shows.
type monitorView struct {
	*store.Monitor
	Watches    []watchLine
	Events     []store.Event
	Deliveries []store.Delivery
	Now        time.Time
	Mail       bool // this service can send mail
	FeedURL    string
}

// watchLine is a target of a monitor, with its last scan.
type watchLine struct {
	store.Watch
	Scan *store.Scan // nil: none was looked at, or it is there no more
}

func (s *server) monitor(w http.ResponseWriter, r *http.Request) {
	m, err := s.Store.Monitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	v := monitorView{Monitor: m, Now: time.Now(), Mail: s.Mail, FeedURL: "/monitors/" + m.ID + "/feed.atom?token=" + m.Feed}
	watches, err := s.Store.Watches(r.Context(), m.ID)
	for _, x := range watches {
		l := watchLine{Watch: x}
		if x.Last != "" {
			if scan, err := s.Store.Scan(r.Context(), x.Last); err == nil {
				l.Scan = scan
			}
		}
		v.Watches = append(v.Watches, l)
	}
	if err == nil {
		v.Events, err = s.Store.Events(r.Context(), m.ID, toldLength)
	}
	if err == nil {
		v.Deliveries, err = s.Store.Deliveries(r.Context(), m.ID, toldLength)
	}
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.show(w, r, http.StatusOK, "monitor", view{Title: "Monitor " + m.Name, Data: v})
}

// monitorFormView is what the form of a monitor shows.
type monitorFormView struct {
	ID       string // empty: it is a new one
	Form     monitorForm
	Wrong    map[string]string // by field
	Policies []string
	Every    []choice
	Mail     bool
}

// choice is one of a list.
type choice struct{ Value, Text string }

func schedules() []choice {
	return []choice{{"1", "every hour"}, {"6", "every 6 hours"}, {"12", "every 12 hours"}, {"24", "daily"}, {"168", "weekly"}}
}

func (s *server) showForm(w http.ResponseWriter, r *http.Request, status int, id string, f monitorForm, wrong map[string]string) {
	title := "New monitor"
	if id != "" {
		title = "Change a monitor"
	}
	every := schedules()
	if !f.usual() {
		every = append(every, choice{f.Every, "every " + f.Every + " hours"})
	}
	s.show(w, r, status, "monitor_form", view{Title: title, Data: monitorFormView{id, f, wrong, policy.Names(), every, s.Mail}})
}

func (s *server) newMonitor(w http.ResponseWriter, r *http.Request) {
	s.showForm(w, r, http.StatusOK, "", monitorForm{Targets: r.FormValue("target"), Every: "24", Depth: "quick", Policy: policy.Mail}, nil)
}

func (s *server) addMonitor(w http.ResponseWriter, r *http.Request) {
	f := formOf(r)
	m, wrong := s.monitorOf(f)
	if len(wrong) > 0 {
		s.showForm(w, r, http.StatusUnprocessableEntity, "", f, wrong)
		return
	}
	if err := s.Store.AddMonitor(r.Context(), m, time.Now()); err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	http.Redirect(w, r, "/monitors/"+m.ID, http.StatusSeeOther)
}

func (s *server) editMonitor(w http.ResponseWriter, r *http.Request) {
	m, err := s.Store.Monitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	s.showForm(w, r, http.StatusOK, m.ID, formFrom(m), nil)
}

func (s *server) changeMonitor(w http.ResponseWriter, r *http.Request) {
	former, err := s.Store.Monitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	f := formOf(r)
	m, wrong := s.monitorOf(f)
	if len(wrong) > 0 {
		s.showForm(w, r, http.StatusUnprocessableEntity, former.ID, f, wrong)
		return
	}
	m.ID, m.Paused, m.Muted = former.ID, former.Paused, former.Muted
	s.setMonitor(w, r, m)
}

func (s *server) setMonitor(w http.ResponseWriter, r *http.Request, m *store.Monitor) {
	if err := s.Store.SetMonitor(r.Context(), m, time.Now()); err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	http.Redirect(w, r, "/monitors/"+m.ID, http.StatusSeeOther)
}

// actOnMonitor pauses, mutes, tests or deletes one.
func (s *server) actOnMonitor(w http.ResponseWriter, r *http.Request) {
	m, err := s.Store.Monitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	switch r.PathValue("action") {
	case "pause":
		m.Paused = true
	case "resume":
		m.Paused = false
	case "mute":
		d, err := time.ParseDuration(r.PostFormValue("hours") + "h")
		if err != nil || d <= 0 || d > longestMuted {
			s.fail(w, r, http.StatusUnprocessableEntity, "A monitor is muted for 1 to 2160 hours.")
			return
		}
		m.Muted = time.Now().Add(d)
	case "unmute":
		m.Muted = time.Time{}
	case "test":
		if err := s.Queue.Test(r.Context(), m); err != nil {
			s.brokenMonitor(w, r, err)
			return
		}
		http.Redirect(w, r, "/monitors/"+m.ID+"#messages", http.StatusSeeOther)
		return
	case "delete":
		if err := s.Store.DeleteMonitor(r.Context(), m.ID); err != nil {
			s.brokenMonitor(w, r, err)
			return
		}
		http.Redirect(w, r, "/monitors", http.StatusSeeOther)
		return
	default:
		s.fail(w, r, http.StatusNotFound, "There is nothing of that kind to do with a monitor.")
		return
	}
	s.setMonitor(w, r, m)
}

// hoursText says how often a monitor looks.
func hoursText(d time.Duration) string {
	hours := strconv.Itoa(int(d / time.Hour))
	for _, c := range schedules() {
		if c.Value == hours {
			return c.Text
		}
	}
	return "every " + hours + " hours"
}
