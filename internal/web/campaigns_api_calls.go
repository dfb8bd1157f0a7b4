package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mailtls/mailtls/internal/store"
)

func (s *server) apiAddCampaign(ctx context.Context, in *campaignInput) (*campaignOutput, error) {
	depth := "full"
	if in.Quick {
		depth = "quick"
	}
	c, wrong := campaignOf(campaignForm{Name: in.Name, Depth: depth, Policy: in.Policy})
	if len(wrong) > 0 {
		var details []error
		for _, field := range slices.Sorted(maps.Keys(wrong)) {
			details = append(details, &huma.ErrorDetail{Location: "query." + field, Message: wrong[field]})
		}
		return nil, huma.Error422UnprocessableEntity("this is no campaign", details...)
	}
	var ok bool
	if c.Owner, ok = s.ownerIn(ctx); !ok {
		return nil, errStranger()
	}
	if err := s.addCampaign(ctx, c, in.list); err != nil {
		_, _ = io.Copy(io.Discard, in.list) // else who sends it hears that the connection ended, and not why
		if status, why := refusedList(err); why != "" {
			return nil, huma.NewError(status, why)
		}
		return nil, s.apiCampaignError(ctx, err)
	}
	return s.apiCampaignOutput(ctx, c.ID)
}

// errStranger is the error for whoever has nothing of their own here.
func errStranger() error { return huma.Error401Unauthorized("campaigns are for who has an account") }

// apiOwned is the campaign of an ID, if it is of whoever asks.
func (s *server) apiOwned(ctx context.Context, id string) (*store.Campaign, error) {
	owner, ok := s.ownerIn(ctx)
	if !ok {
		return nil, errStranger()
	}
	c, err := s.Store.Campaign(ctx, owner, id)
	if err != nil {
		return nil, s.apiCampaignError(ctx, err)
	}
	return c, nil
}

func (s *server) apiCampaignOutput(ctx context.Context, id string) (*campaignOutput, error) {
	c, err := s.apiOwned(ctx, id)
	if err != nil {
		return nil, err
	}
	return &campaignOutput{Location: campaignsPath + "/" + c.ID, Body: apiCampaignOf(c)}, nil
}

func (s *server) apiCampaign(ctx context.Context, in *idInput) (*campaignOutput, error) {
	return s.apiCampaignOutput(ctx, in.ID)
}

func (s *server) apiCampaigns(ctx context.Context, in *campaignListInput) (*campaignListOutput, error) {
	owner, ok := s.ownerIn(ctx)
	if !ok {
		return nil, errStranger()
	}
	list, err := s.Store.Campaigns(ctx, owner, in.Before, in.Limit)
	if err != nil {
		return nil, s.apiCampaignError(ctx, err)
	}
	out := &campaignListOutput{Body: []apiCampaign{}}
	for i := range list {
		out.Body = append(out.Body, apiCampaignOf(&list[i]))
	}
	return out, nil
}

func (s *server) apiMembers(ctx context.Context, in *memberInput) (*memberOutput, error) {
	c, err := s.apiOwned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	worst, after := -1, 0
	if in.After != "" {
		if _, err := fmt.Sscanf(in.After, "%d-%d", &worst, &after); err != nil {
			return nil, huma.Error422UnprocessableEntity("after is the value of next of the answer before")
		}
	}
	list, err := s.Store.Members(ctx, c.ID, worst, after, in.Limit)
	if err != nil {
		return nil, s.apiCampaignError(ctx, err)
	}
	out := new(memberOutput)
	out.Body.Names = []apiMember{}
	for _, m := range list {
		out.Body.Names = append(out.Body.Names, apiMember{Name: m.Name, Line: m.Line, Fault: m.Fault, Done: m.Done, Why: m.Why, Verdict: m.Verdict, Grade: m.Grade, AtBest: m.AtBest, Scan: m.Scan})
	}
	if n := len(list); n == in.Limit {
		out.Body.Next = fmt.Sprintf("%d-%d", list[n-1].Worst, list[n-1].N)
	}
	return out, nil
}

func (s *server) apiTurnCampaign(ctx context.Context, in *campaignAction) (*campaignOutput, error) {
	c, err := s.apiOwned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	turn := s.turnsOfCampaigns()[in.Action]
	if err := turn.do(ctx, c.Owner, c.ID); err != nil {
		return nil, s.apiCampaignError(ctx, err)
	}
	s.noteOwn(ctx, turn.deed, c.Name)
	return s.apiCampaignOutput(ctx, c.ID)
}

func (s *server) apiDeleteCampaign(ctx context.Context, in *idInput) (*struct{}, error) {
	c, err := s.apiOwned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	turn := s.turnsOfCampaigns()["delete"]
	if err := turn.do(ctx, c.Owner, c.ID); err != nil {
		return nil, s.apiCampaignError(ctx, err)
	}
	s.noteOwn(ctx, turn.deed, c.Name)
	return nil, nil
}

// apiExport writes results, to whoever owns them.
func (s *server) apiExport(w http.ResponseWriter, r *http.Request, f exportForm) {
	owner, ok := s.owner(r)
	c, err := s.Store.Campaign(r.Context(), owner, r.PathValue("id"))
	switch {
	case !ok || errors.Is(err, store.ErrNoCampaign):
		problem(w, http.StatusNotFound, store.ErrNoCampaign.Error())
	case err != nil:
		s.broken(w, r, err)
	default:
		s.export(w, r, c, f)
	}
}

func (s *server) apiCampaignError(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrNoCampaign) {
		return huma.Error404NotFound(store.ErrNoCampaign.Error())
	}
	return s.apiError(ctx, err)
}
