package web

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// transcribed is what the page of the connections to one server of a report shows.
type transcribed struct {
	Scan    *store.Scan
	Names   []string // of all servers
	At      int      // which of them this is about; the first is 0
	Server  *report.Endpoint
	Spoken  []spoken
	Contact []contact
}

// spoken is one dialogue of the mail protocol, and in which connections it was heard.
type spoken struct {
	Title, Why string
	In         string
	Lines      []evidence.Line
}

// contact is one connection.
type contact struct{ ID, Offer, Came, End string }

// transcript shows what was said in each connection to a server: ?server=N chooses it, 0 and up.
func (s *server) transcript(w http.ResponseWriter, r *http.Request) {
	scan, err := s.Store.Scan(r.Context(), r.PathValue("id"))
	var rep *report.Report
	if err == nil {
		rep, err = s.Store.Report(r.Context(), scan.ID)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	at, err := strconv.Atoi(cmp.Or(r.FormValue("server"), "0"))
	if err != nil || at < 0 || at >= max(len(rep.Endpoints), 1) {
		s.fail(w, r, http.StatusNotFound, "There is no such server in the report.")
		return
	}
	v := transcribed{Scan: scan, At: at}
	for i := range rep.Endpoints {
		v.Names = append(v.Names, endpointName(&rep.Endpoints[i]))
	}
	if len(rep.Endpoints) > 0 {
		v.Server = &rep.Endpoints[at]
		v.Spoken, v.Contact = spokenTo(v.Server.Endpoint), contactsOf(v.Server.Endpoint)
	}
	s.show(w, r, http.StatusOK, "transcript", view{Title: "What was said to " + scan.Target, Data: v})
}

// spokenTo are the dialogues with a server, in the order in which they came first.
func spokenTo(e *evidence.Endpoint) []spoken {
	type side struct {
		key    string
		inside bool
	}
	var order []side
	in := make(map[side][]string)
	for _, o := range e.Observations {
		for _, one := range []side{{o.Dialogue, false}, {o.Inner, true}} {
			if d := e.Blobs.Dialogues[one.key]; d == nil || len(d.Lines) == 0 {
				continue
			}
			if in[one] == nil {
				order = append(order, one)
			}
			in[one] = append(in[one], o.ID)
		}
	}
	var out []spoken
	for _, one := range order {
		d := e.Blobs.Dialogues[one.key]
		title := "Before TLS"
		if one.inside {
			title = "Inside TLS"
		}
		out = append(out, spoken{title, d.Why, few(in[one], 12), d.Lines})
	}
	return out
}

// few are the first most of list, and how many more there are.
func few(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func contactsOf(e *evidence.Endpoint) []contact {
	var out []contact
	for i := range e.Observations {
		o := &e.Observations[i]
		var came []string
		for _, m := range o.Messages {
			if t := m.Type.String(); !slices.Contains(came, t) {
				came = append(came, t)
			}
		}
		out = append(out, contact{o.ID, offered(&o.Offer), strings.Join(came, ", "), ended(o.End)})
	}
	return out
}

// offered is what a connection offered, in a few words.
func offered(o *evidence.Offer) string {
	words := []string{o.Version.String()}
	if n := len(o.Suites.Only); n > 0 {
		words = append(words, fmt.Sprintf("%d suites", n))
	} else if n := len(o.Suites.Without); n > 0 {
		words = append(words, fmt.Sprintf("all suites but %d", n))
	}
	if n := len(o.Groups); n > 0 {
		words = append(words, fmt.Sprintf("%d groups", n))
	}
	for _, v := range o.Variants {
		words = append(words, string(v))
	}
	if o.Attack != "" {
		words = append(words, strings.TrimSpace(string(o.Attack)+" "+o.Vector))
	}
	return strings.Join(words, ", ")
}

// ended is how a connection ended, in a few words.
func ended(e evidence.End) string {
	text := string(e.Kind)
	if e.Alert != nil {
		text = e.Alert.String()
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// endpointName tells an endpoint from all others.
func endpointName(e *report.Endpoint) string {
	t := e.Target
	name := (&url.URL{Scheme: t.Protocol, Host: net.JoinHostPort(t.Host, strconv.Itoa(t.Port))}).String()
	if t.Address != "" && t.Address != t.Host {
		name += " (" + t.Address + ")"
	}
	return name
}
