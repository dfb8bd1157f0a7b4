package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// apiScan is a scan as programs see it.
type apiScan struct {
	ID          string     `json:"id"`
	Target      string     `json:"target" doc:"A domain, or a server as scheme://host:port" example:"example.org"`
	Quick       bool       `json:"quick"`
	State       string     `json:"state" enum:"waiting,running,done,failed"`
	Why         string     `json:"why,omitempty" doc:"Why it failed"`
	Asked       time.Time  `json:"asked"`
	Begun       *time.Time `json:"begun,omitempty"`
	Ended       *time.Time `json:"ended,omitempty"`
	Verdict     string     `json:"verdict,omitempty" enum:"pass,warn,fail,incomplete"`
	Grade       string     `json:"grade,omitempty" doc:"By the policy mail; absent where too much is not known"`
	AtBest      string     `json:"at_best,omitempty" doc:"What the grade by the policy mail is at best, where none could be given and that is known"`
	Connections int        `json:"connections" doc:"That the scan made"`
	Page        string     `json:"page" doc:"Path of the page for people"`
	Report      string     `json:"report,omitempty" doc:"Path of the report in JSON, once it is done"`
	Events      string     `json:"events" doc:"Path of the server-sent events that tell how far it is"`
}

func apiScanOf(s *store.Scan) apiScan {
	out := apiScan{ID: s.ID, Target: s.Target, Quick: s.Quick, State: string(s.State), Why: s.Why, Asked: s.Asked, Grade: s.Grade, AtBest: s.AtBest,
		Connections: s.Connections, Page: "/scans/" + s.ID, Events: "/scans/" + s.ID + "/events"}
	if !s.Begun.IsZero() {
		out.Begun = &s.Begun
	}
	if s.Over() {
		out.Ended = &s.Ended
	}
	if s.State == store.Done {
		out.Verdict, out.Report = s.Verdict.String(), out.Page+"/report.json"
	}
	return out
}

// noSuchCall answers what the API does not have.
func noSuchCall(w http.ResponseWriter, _ *http.Request) {
	problem(w, http.StatusNotFound, "there is no such call: /openapi.json describes what there is")
}

type orderInput struct {
	remote string
	Body   struct {
		Target string `json:"target" maxLength:"400" doc:"A domain, an address of mail, or a server as scheme://host or scheme://host:port" example:"example.org"`
		Quick  *bool  `json:"quick,omitempty" doc:"Only what the checks need, without attacks. True if it is absent"`
	}
}

// Resolve notes who asks.
func (o *orderInput) Resolve(ctx huma.Context) []error {
	o.remote = orderedBy(ctx.Context())
	return nil
}

type orderOutput struct {
	Location string `header:"Location"`
	Body     apiScan
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

type scanOutput struct{ Body apiScan }

type historyInput struct {
	Target string `query:"target" maxLength:"400" doc:"Absent: the latest of all that are done, without those that wait, are being made or failed"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type historyOutput struct{ Body []apiScan }

// api adds what programs ask for. Its description is at /openapi.json.
func (s *server) api(mux *http.ServeMux) {
	config := huma.DefaultConfig("mailtls", s.Version)
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil // a page of documents would load scripts from elsewhere
	if s.Auth {
		config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{tokenScheme: {Type: "http", Scheme: "bearer", Description: "A token of an account, mt_…, which its page at /account makes."}}
	}
	all := humago.New(mux, config)
	api := s.openAPI(all, account.Read)
	huma.Register(s.openAPI(all, account.Scan), huma.Operation{OperationID: "create-scan", Method: http.MethodPost, Path: "/api/v1/scans",
		Summary: "Order a scan", MaxBodyBytes: maxBody, DefaultStatus: http.StatusCreated, Errors: []int{413, 422, 429, 503}}, s.apiOrder)
	huma.Register(api, huma.Operation{OperationID: "get-scan", Method: http.MethodGet, Path: "/api/v1/scans/{id}",
		Summary: "How far a scan is, and what came of it", Errors: []int{404, 503}}, s.apiScan)
	huma.Register(api, huma.Operation{OperationID: "list-scans", Method: http.MethodGet, Path: "/api/v1/scans",
		Summary: "The scans of a target, or those of all that are done; the latest first", Errors: []int{422, 503}}, s.apiHistory)
	s.reportsAPI(api, mux)
	s.monitorAPI(all)
	s.campaignAPI(all, mux)
}

func (s *server) apiOrder(ctx context.Context, in *orderInput) (*orderOutput, error) {
	target, err := s.targetOf(in.Body.Target)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error(), &huma.ErrorDetail{Location: "body.target", Value: in.Body.Target, Message: err.Error()})
	}
	scan, no, err := s.ask(ctx, in.remote, target, in.Body.Quick == nil || *in.Body.Quick)
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	if no != nil {
		return nil, huma.ErrorWithHeaders(huma.Error429TooManyRequests(no.why), http.Header{"Retry-After": {no.seconds()}})
	}
	return &orderOutput{Location: "/api/v1/scans/" + scan.ID, Body: apiScanOf(scan)}, nil
}

func (s *server) apiScan(ctx context.Context, in *idInput) (*scanOutput, error) {
	scan, err := s.Store.Scan(ctx, in.ID)
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	return &scanOutput{apiScanOf(scan)}, nil
}

func (s *server) apiHistory(ctx context.Context, in *historyInput) (*historyOutput, error) {
	var list []store.Scan
	var err error
	if in.Target == "" {
		list, err = s.Store.Latest(ctx, in.Limit)
	} else {
		target, wrong := s.targetOf(in.Target)
		if wrong != nil {
			return nil, huma.Error422UnprocessableEntity(wrong.Error())
		}
		list, err = s.Store.History(ctx, target, in.Limit)
	}
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	out := &historyOutput{Body: []apiScan{}}
	for i := range list {
		out.Body = append(out.Body, apiScanOf(&list[i]))
	}
	return out, nil
}

// apiError tells that something failed, and keeps why for the log.
func (s *server) apiError(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrNone) {
		return huma.Error404NotFound(err.Error())
	}
	if errors.Is(err, store.ErrNoAccount) { // since a moment ago
		return huma.Error403Forbidden(disabled)
	}
	s.Log.ErrorContext(ctx, "a request failed", "error", err)
	if errors.Is(err, errBusy) {
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(errBusy.Error()+": try again in a minute"), http.Header{"Retry-After": {retryAfter}})
	}
	if store.Away(err) {
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable("the database of this service does not answer now: try again in a minute"),
			http.Header{"Retry-After": {retryAfter}})
	}
	return huma.Error500InternalServerError("something went wrong here: the log of the service says what")
}
