package web

import (
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// apiCampaign is a campaign as programs see it.
type apiCampaign struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Quick    bool             `json:"quick"`
	Policy   string           `json:"policy" doc:"That judges beside the policy mail"`
	Made     time.Time        `json:"made"`
	Begun    *time.Time       `json:"begun,omitempty"`
	Ended    *time.Time       `json:"ended,omitempty"`
	Progress campaignProgress `json:"progress"`
	Page     string           `json:"page" doc:"Path of the page for people"`
	Events   string           `json:"events" doc:"Path of the server-sent events that tell how far it is"`
	Results  []string         `json:"results" doc:"Paths of what came of it so far"`
}

func apiCampaignOf(c *store.Campaign) apiCampaign {
	out := apiCampaign{ID: c.ID, Name: c.Name, Quick: c.Quick, Policy: c.Policy, Made: c.Made, Progress: progressOf(c), Page: "/campaigns/" + c.ID, Events: "/campaigns/" + c.ID + "/events"}
	if !c.Begun.IsZero() {
		out.Begun = &c.Begun
	}
	if !c.Ended.IsZero() {
		out.Ended = &c.Ended
	}
	for _, f := range exportForms() {
		out.Results = append(out.Results, campaignsPath+"/"+c.ID+"/"+f.name)
	}
	return out
}

// apiMember is a name of a campaign as programs see it.
type apiMember struct {
	Name    string `json:"name"`
	Line    int    `json:"line" doc:"Of the list"`
	Fault   string `json:"fault,omitempty" doc:"Why it is no name of a domain"`
	Done    bool   `json:"done"`
	Why     string `json:"why,omitempty" doc:"There is no report"`
	Verdict string `json:"verdict,omitempty" enum:"pass,warn,fail,incomplete"`
	Grade   string `json:"grade,omitempty"`
	AtBest  string `json:"at_best,omitempty" doc:"What the grade is at best, where none could be given and that is known"`
	Scan    string `json:"scan,omitempty" doc:"ID of the scan that has its report"`
}

type campaignInput struct {
	Name   string `query:"name" maxLength:"400" doc:"Absent: the date"`
	Quick  bool   `query:"quick" default:"true" doc:"Only what the checks need, without attacks"`
	Policy string `query:"policy" maxLength:"100" default:"mail" doc:"That judges beside the policy mail"`

	list io.Reader
}

// Resolve keeps the body for whoever reads it as it comes.
func (i *campaignInput) Resolve(ctx huma.Context) []error {
	i.list = ctx.BodyReader()
	return nil
}

type campaignOutput struct {
	Location string `header:"Location"`
	Body     apiCampaign
}

type campaignListInput struct {
	Before time.Time `query:"before" doc:"Those made before that time"`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type campaignListOutput struct{ Body []apiCampaign }

type campaignAction struct {
	ID     string `path:"id" maxLength:"64"`
	Action string `path:"action" enum:"pause,resume,cancel"`
}

type memberInput struct {
	ID    string `path:"id" maxLength:"64"`
	After string `query:"after" maxLength:"40" doc:"The value of next of the answer before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type memberOutput struct {
	Body struct {
		Names []apiMember `json:"names" doc:"Those that did worst first"`
		Next  string      `json:"next,omitempty" doc:"To ask for more by; absent at the end"`
	}
}

const campaignsPath = "/api/v1/campaigns"

// campaignAPI adds what programs do with campaigns.
func (s *server) campaignAPI(api huma.API, mux *http.ServeMux) {
	if s.Hooks == nil {
		return
	}
	api = s.ownAPI(api, account.Campaign)
	text := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "Domains, one on a line, or CSV with a column of them: 16 MB and 200,000 names at most"}}
	huma.Register(api, huma.Operation{OperationID: "create-campaign", Method: http.MethodPost, Path: campaignsPath, Summary: "Scan a list of domains",
		DefaultStatus: http.StatusCreated, Errors: []int{413, 422, 429}, RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/plain": text, "text/csv": text}}}, s.apiAddCampaign)
	huma.Register(api, huma.Operation{OperationID: "list-campaigns", Method: http.MethodGet, Path: campaignsPath, Summary: "The campaigns, the latest first"}, s.apiCampaigns)
	huma.Register(api, huma.Operation{OperationID: "get-campaign", Method: http.MethodGet, Path: campaignsPath + "/{id}", Summary: "How far a campaign is", Errors: []int{404}}, s.apiCampaign)
	huma.Register(api, huma.Operation{OperationID: "list-campaign-names", Method: http.MethodGet, Path: campaignsPath + "/{id}/names", Summary: "The names of a campaign, and what came of them",
		Errors: []int{404, 422}}, s.apiMembers)
	huma.Register(api, huma.Operation{OperationID: "turn-campaign", Method: http.MethodPost, Path: campaignsPath + "/{id}/{action}", Summary: "Pause a campaign, have it go on, or cancel it",
		Errors: []int{404}}, s.apiTurnCampaign)
	huma.Register(api, huma.Operation{OperationID: "delete-campaign", Method: http.MethodDelete, Path: campaignsPath + "/{id}", Summary: "Delete a campaign; its scans stay",
		DefaultStatus: http.StatusNoContent, Errors: []int{404}}, s.apiDeleteCampaign)
	for _, f := range exportForms() { // streamed, which huma does not
		mux.HandleFunc("GET "+campaignsPath+"/{id}/"+f.name, func(w http.ResponseWriter, r *http.Request) { s.apiExport(w, r, f) })
		api.OpenAPI().AddOperation(&huma.Operation{OperationID: "get-campaign-" + f.name, Method: http.MethodGet, Path: campaignsPath + "/{id}/" + f.name, Summary: "What came of a campaign so far",
			Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
			Responses:  described(f.mediaType)})
	}
}
