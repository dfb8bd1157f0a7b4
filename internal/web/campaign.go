package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/mailtls/mailtls/internal/store"
)

const (
	membersShown = 100 // names on a page
	faultsShown  = 5   // lines without a name
)

// memberLine is a name of a campaign, and why it did as it did.
type memberLine struct {
	store.Member
	Remark string
}

func (s *server) remarked(members []store.Member) (list []memberLine, err error) {
	for i := range members {
		row, there, err := s.row(&members[i])
		if err != nil {
			return nil, err
		}
		l := memberLine{Member: members[i], Remark: members[i].Why}
		if there && l.Remark == "" {
			l.Remark = row.Remark()
		}
		list = append(list, l)
	}
	return list, nil
}

// campaignView is what the page of a campaign shows.
type campaignView struct {
	*store.Campaign
	Progress campaignProgress
	Percent  int
	Members  []memberLine
	First    bool   // the page begins with the first of them
	More     string // the last of them; empty: there are no more
	Bad      []store.Member
	MoreBad  int
}

func (s *server) campaign(w http.ResponseWriter, r *http.Request) {
	owner, _ := s.owner(r)
	c, err := s.Store.Campaign(r.Context(), owner, r.PathValue("id"))
	if err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	v := campaignView{Campaign: c, Progress: progressOf(c), Percent: percent(c.Finished, c.Names)}
	worst, after := -1, 0
	if _, err := fmt.Sscanf(r.FormValue("after"), "%d-%d", &worst, &after); err != nil {
		worst, after, v.First = -1, 0, true
	}
	members, err := s.Store.Members(r.Context(), c.ID, worst, after, membersShown)
	if err == nil {
		v.Members, err = s.remarked(members)
	}
	if err == nil {
		v.Bad, err = s.Store.Faults(r.Context(), c.ID, faultsShown)
	}
	if err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	if n := len(v.Members); n == membersShown {
		v.More = fmt.Sprintf("%d-%d", v.Members[n-1].Worst, v.Members[n-1].N)
	}
	v.MoreBad = c.Faults - len(v.Bad)
	out := view{Title: c.Name, Data: v}
	if !c.Over() {
		out.Refresh = refreshEvery
	}
	w.Header().Set("Cache-Control", "no-store")
	s.show(w, r, http.StatusOK, "campaign", out)
}

// actOnCampaign pauses, cancels or deletes one, or has it go on.
func (s *server) actOnCampaign(w http.ResponseWriter, r *http.Request) {
	owner, _ := s.owner(r)
	id, action := r.PathValue("id"), r.PathValue("action")
	to := "/campaigns/" + id
	if action == "delete" {
		to = "/campaigns"
	}
	turn, ok := s.turnsOfCampaigns()[action]
	if !ok {
		s.fail(w, r, http.StatusNotFound, "There is nothing of that kind to do with a campaign.")
		return
	}
	c, err := s.Store.Campaign(r.Context(), owner, id)
	if err == nil {
		err = turn.do(r.Context(), owner, id)
	}
	if err != nil {
		s.brokenCampaign(w, r, err)
		return
	}
	s.noteOwn(r.Context(), turn.deed, c.Name)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// campaignTurn is something to do with a campaign, and how that is noted.
type campaignTurn struct {
	do   func(ctx context.Context, owner, id string) error
	deed string
}

func (s *server) turnsOfCampaigns() map[string]campaignTurn {
	return map[string]campaignTurn{
		"pause": {s.Store.PauseCampaign, "campaign paused"}, "resume": {s.Store.ResumeCampaign, "campaign resumed"},
		"cancel": {s.Store.CancelCampaign, "campaign cancelled"}, "delete": {s.Store.DeleteCampaign, "campaign deleted"},
	}
}
