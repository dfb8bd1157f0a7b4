package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

const (
	listLength   = 200 // monitors on a page
	toldLength   = 20  // events and deliveries on the page of a monitor
	longestMuted = 90 * 24 * time.Hour
)

// noMonitors is why a service for strangers has none.
const noMonitors = "There are no monitors here: whoever reaches this service could have it send mail to anybody. Monitors need accounts (--auth), " +
	"or a service that is reached from its own machine alone: --listen on a loopback address, without --host or --tls-name."

// proxied reports whether a proxy says that it asks for somebody else.
func proxied(r *http.Request) bool {
	return r.Header.Get("X-Forwarded-For")+r.Header.Get("Forwarded")+r.Header.Get("Via") != ""
}

// forStrangers reports whether a request is about monitors or campaigns, and asked by a proxy for somebody else, where there are no accounts: whoever set
// that up did not mean to have monitors for strangers. Feeds are for whoever knows their address.
func (s *server) forStrangers(r *http.Request) bool {
	about := strings.HasPrefix(r.URL.Path, "/monitors") && !strings.HasSuffix(r.URL.Path, "/feed.atom") || strings.HasPrefix(r.URL.Path, "/api/v1/monitors") ||
		strings.HasPrefix(r.URL.Path, "/campaigns") || strings.HasPrefix(r.URL.Path, "/api/v1/campaigns")
	return s.Hooks != nil && !s.Auth && about && proxied(r)
}

// monitorPages adds the pages of monitors to mux.
func (s *server) monitorPages(mux *http.ServeMux) {
	if s.Hooks == nil {
		mux.HandleFunc("GET /monitors", func(w http.ResponseWriter, r *http.Request) {
			s.show(w, r, http.StatusOK, "monitors", view{Title: "Monitors", Data: monitorList{Without: noMonitors}})
		})
		return
	}
	mux.HandleFunc("GET /monitors", s.signedIn(s.monitors))
	mux.HandleFunc("POST /monitors", s.signedIn(s.addMonitor))
	mux.HandleFunc("GET /monitors/new", s.signedIn(s.newMonitor))
	mux.HandleFunc("GET /monitors/{id}", s.signedIn(s.monitor))
	mux.HandleFunc("POST /monitors/{id}", s.signedIn(s.changeMonitor))
	mux.HandleFunc("GET /monitors/{id}/edit", s.signedIn(s.editMonitor))
	mux.HandleFunc("POST /monitors/{id}/{action}", s.signedIn(s.actOnMonitor))
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
	How store.Summary
}

func (s *server) monitors(w http.ResponseWriter, r *http.Request) {
	before, _ := time.Parse(time.RFC3339Nano, r.FormValue("before")) // else the zero time: from the latest on
	owner, _ := s.owner(r)
	list, err := s.Store.Monitors(r.Context(), owner, before, listLength)
	out := monitorList{}
	for i := range list {
		var x store.Summary
		if x, err = s.Store.Summary(r.Context(), list[i].ID); err != nil {
			break
		}
		out.Monitors = append(out.Monitors, monitorLine{list[i], x})
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

// watched are the targets of a monitor.
func (s *server) watched(ctx context.Context, monitor string) ([]watchLine, error) {
	watches, err := s.Store.Watches(ctx, monitor)
	if err != nil {
		return nil, err
	}
	var out []watchLine
	for _, x := range watches {
		l := watchLine{Watch: x}
		if x.Last != "" {
			if l.Scan, err = s.Store.Scan(ctx, x.Last); err != nil && !errors.Is(err, store.ErrNone) {
				return nil, err
			}
		}
		out = append(out, l)
	}
	return out, nil
}

func (s *server) monitor(w http.ResponseWriter, r *http.Request) {
	m, err := s.ownMonitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	v := monitorView{Monitor: m, Now: time.Now(), Mail: s.Mail, FeedURL: "/monitors/" + m.ID + "/feed.atom?token=" + m.Feed}
	if v.Watches, err = s.watched(r.Context(), m.ID); err == nil {
		v.Events, err = s.Store.Events(r.Context(), m.ID, toldLength)
	}
	if err == nil {
		v.Deliveries, err = s.Store.Deliveries(r.Context(), m.ID, toldLength)
	}
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "monitor", view{Title: "Monitor " + m.Name, Data: v})
}
