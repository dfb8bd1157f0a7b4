package web

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// noCampaigns is why a service for strangers has none.
const noCampaigns = "There are no campaigns here: whoever reaches this service could have it scan without end. Campaigns need accounts (--auth), " +
	"or a service that is reached from its own machine alone: --listen on a loopback address, without --host or --tls-name."

// campaignPages adds the pages of campaigns to mux.
func (s *server) campaignPages(mux *http.ServeMux) {
	if s.Hooks == nil {
		mux.HandleFunc("GET /campaigns", func(w http.ResponseWriter, r *http.Request) {
			s.show(w, r, http.StatusOK, "campaigns", view{Title: "Campaigns", Data: campaignList{Without: noCampaigns}})
		})
		return
	}
	for pattern, answer := range map[string]http.HandlerFunc{
		"GET /campaigns":                s.campaigns,
		"POST /campaigns":               s.submitCampaign,
		"GET /campaigns/{id}":           s.campaign,
		"GET /campaigns/{id}/events":    s.campaignEvents,
		"GET /campaigns/{id}/summary":   s.campaignSummary,
		"GET /campaigns/{id}/{file}":    s.campaignFile,
		"POST /campaigns/{id}/{action}": s.actOnCampaign,
	} {
		mux.HandleFunc(pattern, s.signedIn(answer))
	}
}

// campaignList is what the page of all campaigns shows.
type campaignList struct {
	Without   string // why there are none
	Campaigns []campaignLine
	More      string // the time before which more were made; empty: there are no more
	Form      campaignForm
	Typed     string // list
	Wrong     map[string]string
	Policies  []string
}

// campaignLine is a campaign in a list.
type campaignLine struct{ store.Campaign }

// Percent is how much of it is done.
func (c campaignLine) Percent() int { return percent(c.Finished, c.Names) }

func percent(n, of int) int {
	if of == 0 {
		return 0
	}
	return 100 * n / of
}

func (s *server) campaigns(w http.ResponseWriter, r *http.Request) {
	s.showCampaigns(w, r, http.StatusOK, campaignList{Form: campaignForm{Depth: "quick", Policy: policy.Mail}})
}

func (s *server) showCampaigns(w http.ResponseWriter, r *http.Request, status int, l campaignList) {
	owner, _ := s.owner(r)
	before, _ := time.Parse(time.RFC3339Nano, r.URL.Query().Get("before")) // else the zero time: from the latest on
	list, err := s.Store.Campaigns(r.Context(), owner, before, listLength)
	if err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	for _, c := range list {
		l.Campaigns = append(l.Campaigns, campaignLine{c})
	}
	if len(list) == listLength {
		l.More = list[listLength-1].Made.Format(time.RFC3339Nano)
	}
	l.Policies = policy.Names()
	w.Header().Set("Cache-Control", "no-store")
	s.show(w, r, status, "campaigns", view{Title: "Campaigns", Data: l})
}

// brokenCampaign shows what went wrong.
func (s *server) brokenCampaign(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, store.ErrNoCampaign) {
		s.fail(w, r, http.StatusNotFound, "There is no such campaign.")
		return
	}
	s.broken(w, r, err)
}

// patient gives a request time to bring a list.
func patient(w http.ResponseWriter) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(listTime))
	_ = control.SetWriteDeadline(time.Now().Add(listTime + answerTime))
}

// submitCampaign takes the form of a new campaign, and leads to its page.
func (s *server) submitCampaign(w http.ResponseWriter, r *http.Request) {
	owner, _ := s.owner(r)
	p, err := partsOf(r)
	var c *store.Campaign
	l := campaignList{}
	if err == nil {
		l.Form = p.form
		c, l.Wrong = campaignOf(p.form)
		if len(l.Wrong) == 0 {
			c.Owner = owner
			if err = s.addCampaign(r.Context(), c, p); err == nil {
				http.Redirect(w, r, "/campaigns/"+c.ID, http.StatusSeeOther)
				return
			}
		}
	}
	_, _ = io.Copy(io.Discard, r.Body) // else the browser shows that the connection ended, and not why
	status := http.StatusUnprocessableEntity
	if err != nil {
		why := ""
		if status, why = refusedList(err); why == "" {
			s.brokenCampaign(w, r, err)
			return
		}
		l.Wrong = map[string]string{"list": sentence(why)}
	}
	if p != nil {
		l.Typed = strings.ToValidUTF8(p.typed.String(), "\uFFFD")
	}
	s.showCampaigns(w, r, status, l)
}
