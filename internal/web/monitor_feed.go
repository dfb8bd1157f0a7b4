package web

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/xml"
	"errors"
	"net/http"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// feedLength is how many events a feed has.
const feedLength = 50

// atomFeed is a feed of RFC 4287.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
	Content atomText   `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// feed tells what was worth telling of a monitor to whoever knows its token, unless its owner is disabled.
func (s *server) feed(w http.ResponseWriter, r *http.Request) {
	m, err := s.Store.Monitor(r.Context(), r.PathValue("id"))
	if err == nil && subtle.ConstantTimeCompare([]byte(r.FormValue("token")), []byte(m.Feed)) != 1 {
		err = store.ErrNoMonitor
	}
	if err == nil {
		err = s.enabled(r.Context(), m)
	}
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	events, err := s.Store.Events(r.Context(), m.ID, feedLength)
	var text []byte
	if err == nil {
		text, err = xml.MarshalIndent(feedOf(m, events, cmp.Or(s.URL, "http://"+r.Host)), "", " ")
	}
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=60")
	_, _ = w.Write(append([]byte(xml.Header), text...))
}

// enabled is the error that there is no such monitor where its owner is disabled.
func (s *server) enabled(ctx context.Context, m *store.Monitor) error {
	if m.Owner == "" {
		return nil
	}
	a, err := s.Store.Account(ctx, m.Owner)
	if errors.Is(err, store.ErrNoAccount) || err == nil && a.Disabled {
		return store.ErrNoMonitor
	}
	return err
}

func feedOf(m *store.Monitor, events []store.Event, base string) atomFeed {
	f := atomFeed{ID: "urn:mailtls:monitor:" + m.ID, Title: "mailtls: " + m.Name, Updated: m.Made.Format(time.RFC3339), Author: "mailtls",
		Links: []atomLink{{"self", base + "/monitors/" + m.ID + "/feed.atom?token=" + m.Feed}, {"alternate", base + "/monitors/" + m.ID}}}
	for i, e := range events {
		if i == 0 {
			f.Updated = e.At.Format(time.RFC3339)
		}
		f.Entries = append(f.Entries, atomEntry{ID: "urn:mailtls:event:" + e.ID, Title: e.Subject, Updated: e.At.Format(time.RFC3339),
			Links: []atomLink{{"alternate", base + "/scans/" + e.Scan}}, Content: atomText{"text", e.Body}})
	}
	return f
}
