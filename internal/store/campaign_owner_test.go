package store

import (
	"errors"
	"testing"
	"time"
)

// TestCampaignsOfAccount wants the campaigns of an account to rest while it is disabled, and to go with it; those of others go on.
func TestCampaignsOfAccount(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		ann, ben := account(t, s, "ann"), account(t, s, "ben")
		mine, foreign := newCampaign(t, s, ann.ID, "a.test"), newCampaign(t, s, ben.ID, "b.test")
		do(t, s.Disable(t.Context(), ann.ID))
		do(t, s.Enable(t.Context(), ann.ID))
		for c, want := range map[*Campaign]CampaignState{mine: CampaignPaused, foreign: CampaignWaiting} {
			if now, err := s.Campaign(t.Context(), c.Owner, c.ID); err != nil || now.State != want {
				t.Errorf("%+v, %v; want %s", now, err, want)
			}
		}
		do(t, s.RemoveAccount(t.Context(), ann.ID))
		if _, err := s.Campaign(t.Context(), ann.ID, mine.ID); !errors.Is(err, ErrNoCampaign) {
			t.Errorf("the campaign of an account that is gone: %v", err)
		}
		if _, err := s.Campaign(t.Context(), ben.ID, foreign.ID); err != nil {
			t.Errorf("the campaign of another account: %v", err)
		}
	})
}

// TestDisabledCampaigns wants no campaign of somebody who is disabled to begin or go on: not one whose list was being read meanwhile, either.
func TestDisabledCampaigns(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a := account(t, s, "ann")
		read, paused := &Campaign{Owner: a.ID, Policy: "mail"}, newCampaign(t, s, a.ID, "a.test")
		do(t, s.AddCampaign(t.Context(), read, 100))
		do(t, s.Disable(t.Context(), a.ID))
		none := &Campaign{Owner: a.ID, Policy: "mail"}
		if n, err := s.AddNames(t.Context(), read.ID, []Name{{N: 1, Name: "a.test"}}); n != 0 || !errors.Is(err, ErrNoAccount) {
			t.Errorf("%d names added by one that is disabled: %v", n, err)
		}
		for what, err := range map[string]error{"submitted": s.AddCampaign(t.Context(), none, 100), "begun": s.BeginCampaign(t.Context(), read.ID),
			"resumed": s.ResumeCampaign(t.Context(), a.ID, paused.ID)} {
			if !errors.Is(err, ErrNoAccount) {
				t.Errorf("%s by one that is disabled: %v", what, err)
			}
		}
		do(t, s.Enable(t.Context(), a.ID))
		if err := s.BeginCampaign(t.Context(), read.ID); !errors.Is(err, ErrNoCampaign) {
			t.Errorf("begun of what was being read then: %v", err)
		}
		do(t, s.ResumeCampaign(t.Context(), a.ID, paused.ID))
		if list, err := s.Campaigns(t.Context(), a.ID, time.Time{}, 10); err != nil || len(list) != 1 || list[0].State != CampaignWaiting {
			t.Errorf("left %+v, %v", list, err)
		}
	})
}
