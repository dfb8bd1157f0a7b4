package store

import (
	"errors"
	"testing"
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
