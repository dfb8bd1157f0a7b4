package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// campaignProgress is how far a campaign is, as programs are told.
type campaignProgress struct {
	State       string  `json:"state" enum:"waiting,running,paused,cancelled,done"`
	Names       int     `json:"names" doc:"Of the list, each once"`
	Faults      int     `json:"faults" doc:"Those among them that are no names of domains"`
	Found       int     `json:"looked_up" doc:"Those that the DNS need not be asked about any more"`
	Finished    int     `json:"finished" doc:"Those that nothing more is expected of"`
	Endpoints   int     `json:"endpoints" doc:"Servers that they lead to, each once, as far as that is known"`
	Scanned     int     `json:"scanned" doc:"Of those, the ones that nothing more is expected of"`
	Connections int     `json:"connections" doc:"That were made to them"`
	PerSecond   float64 `json:"names_per_second,omitempty" doc:"That were finished in the last minute"`
	Servers     float64 `json:"endpoints_per_second,omitempty" doc:"That were scanned in the last minute"`
	Left        int     `json:"seconds_left,omitempty" doc:"If all goes on as in the last minute; absent where that cannot be told"`
	Text        string  `json:"text" doc:"All that for people"`
}

func progressOf(c *store.Campaign) campaignProgress {
	p := campaignProgress{State: string(c.State), Names: c.Names, Faults: c.Faults, Found: c.Found, Finished: c.Finished, Endpoints: c.Endpoints, Scanned: c.Scanned, Connections: c.Connections}
	if c.State == store.CampaignRunning && len(c.Pace) > 0 {
		p.since(c, c.Pace[0])
	}
	p.Text = fmt.Sprintf("%d of %d names finished, %d of %d servers scanned, %d connections", p.Finished, p.Names, p.Scanned, p.Endpoints, p.Connections)
	if p.PerSecond > 0 || p.Servers > 0 {
		p.Text += fmt.Sprintf(", %.1f names and %.1f servers a second", p.PerSecond, p.Servers)
	}
	if p.Left > 0 {
		p.Text += ", about " + (time.Duration(p.Left) * time.Second).String() + " left"
	}
	return p
}

// paceAfter is how many seconds are enough to tell a pace.
const paceAfter = 5

// since fills in the pace since an earlier moment, and how long the rest lasts at that: each of the names that are left may lead to as many new
// servers as those before, on average.
func (p *campaignProgress) since(c *store.Campaign, before store.Tally) {
	took := c.At.Sub(before.At).Seconds()
	if took < paceAfter {
		return
	}
	p.PerSecond, p.Servers = float64(c.Finished-before.Finished)/took, float64(c.Scanned-before.Scanned)/took
	looked, known := float64(c.Found-before.Found)/took, max(c.Found-c.Faults, 1)
	namesLeft := float64(c.Names - c.Found)
	serversLeft := float64(c.Endpoints-c.Scanned) + namesLeft*float64(c.Endpoints)/float64(known)
	seconds := 0.0
	for _, stage := range [][2]float64{{namesLeft, looked}, {serversLeft, p.Servers}, {float64(c.Names - c.Finished), p.PerSecond}} {
		switch {
		case stage[0] == 0:
		case stage[1] <= 0:
			return
		default:
			seconds = max(seconds, stage[0]/stage[1])
		}
	}
	p.Left = int(min(seconds, 1e8)) + 1
}

// progressEvery is how often a campaign that is watched is looked at.
const progressEvery = time.Second

// campaignEvents tells how a campaign goes on, as server-sent events: "progress" for each change, and "over" at the end.
func (s *server) campaignEvents(w http.ResponseWriter, r *http.Request) {
	owner, _ := s.owner(r)
	id, last := r.PathValue("id"), ""
	if _, err := s.Store.Campaign(r.Context(), owner, id); err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	s.stream(w, r, progressEvery, func() (over bool, err error) {
		c, err := s.Store.Campaign(r.Context(), owner, id)
		if err != nil {
			return false, err
		}
		text, err := json.Marshal(progressOf(c))
		if err != nil {
			return false, err
		}
		if string(text) != last {
			last = string(text)
			if _, err := fmt.Fprintf(w, "event: progress\ndata: %s\n\n", text); err != nil {
				return false, err
			}
		}
		if c.Over() {
			_, err = fmt.Fprintf(w, "event: over\ndata: %q\n\n", c.State)
		}
		return c.Over(), err
	})
}
