package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// reportsAPI adds what programs read: reports, what is different between two, checks and policies.
func (s *server) reportsAPI(api huma.API, mux *http.ServeMux) {
	huma.Register(api, huma.Operation{OperationID: "get-report", Method: http.MethodGet, Path: "/api/v1/scans/{id}/report",
		Summary: "The report of a scan that is done", Responses: described(formTypes()...), Errors: []int{404, 422, 503}}, s.apiReport)
	huma.Register(api, huma.Operation{OperationID: "get-diff", Method: http.MethodGet, Path: "/api/v1/diff",
		Summary: "What is different between two scans of a target, as mailtls diff --format json tells it", Responses: described("application/json"), Errors: []int{404, 422, 503}}, s.apiDiff)
	huma.Register(api, huma.Operation{OperationID: "list-checks", Method: http.MethodGet, Path: "/api/v1/checks",
		Summary: "What is checked, and what the policy mail says about it, as mailtls checks --format json tells it"}, s.apiChecks)
	huma.Register(api, huma.Operation{OperationID: "list-policies", Method: http.MethodGet, Path: "/api/v1/policies",
		Summary: "The policies, as mailtls policies --format json tells them"}, s.apiPolicies)
	huma.Register(api, huma.Operation{OperationID: "get-policy", Method: http.MethodGet, Path: "/api/v1/policies/{name}",
		Summary: "A policy whole: it can be edited and given to mailtls judge --policy", Responses: described("application/json"), Errors: []int{404}}, s.apiPolicy)
	mux.HandleFunc("GET /api/v1/scans/{id}/events", s.events) // streamed, which huma does not
	api.OpenAPI().AddOperation(&huma.Operation{OperationID: "follow-scan", Method: http.MethodGet, Path: "/api/v1/scans/{id}/events", Summary: "How far a scan is, as it goes on: a step for each change, over at the end",
		Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
		Responses:  described("text/event-stream")})
}

// described are answers that are written as they are, of one of these media types. Each has a schema, which anything is valid by: without one,
// huma describes bytes, in Base64.
func described(mediaTypes ...string) map[string]*huma.Response {
	content := make(map[string]*huma.MediaType)
	for _, t := range mediaTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{}}
	}
	return map[string]*huma.Response{"200": {Description: "OK", Content: content}}
}

func formTypes() []string {
	var out []string
	for _, f := range reportForms() {
		out = append(out, f.mediaType)
	}
	return out
}

// rawOutput is a text as it is, of a media type.
type rawOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

type reportInput struct {
	ID     string `path:"id" maxLength:"64"`
	Format string `query:"format" default:"json" maxLength:"20" doc:"One of the forms that mailtls scan --format takes, or html"`
}

func (s *server) apiReport(ctx context.Context, in *reportInput) (*rawOutput, error) {
	forms := reportForms()
	i := slices.IndexFunc(forms, func(f reportForm) bool { return f.name == in.Format })
	if i < 0 {
		return nil, huma.Error422UnprocessableEntity("there is no such form of a report", &huma.ErrorDetail{Location: "query.format", Message: "want one of " + strings.Join(formatNames(), ", ")})
	}
	text, err := s.written(ctx, in.ID, nil, forms[i].write)
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	return &rawOutput{forms[i].mediaType, text}, nil
}

type diffInput struct {
	Old string `query:"old" required:"true" maxLength:"64" doc:"ID of a scan"`
	New string `query:"new" required:"true" maxLength:"64" doc:"ID of another of the same target; in whatever order, the earlier is the old one"`
}

func (s *server) apiDiff(ctx context.Context, in *diffInput) (*rawOutput, error) {
	_, changes, err := s.changes(ctx, in.Old, in.New)
	if errors.Is(err, errTwice) || errors.Is(err, errTwoTargets) {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	var b bytes.Buffer
	if err := changes.WriteJSON(&b); err != nil {
		return nil, s.apiError(ctx, err)
	}
	return &rawOutput{"application/json", b.Bytes()}, nil
}

type checksOutput struct{ Body []check.Description }

func (s *server) apiChecks(ctx context.Context, _ *struct{}) (*checksOutput, error) {
	all, err := builtIn()
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	out := &checksOutput{}
	for _, c := range allChecks() {
		out.Body = append(out.Body, c.Describe(all[policy.Mail]))
	}
	return out, nil
}

type policiesOutput struct{ Body []policy.Listing }

func (s *server) apiPolicies(ctx context.Context, _ *struct{}) (*policiesOutput, error) {
	list, err := policy.Listings()
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	return &policiesOutput{list}, nil
}

type policyInput struct {
	Name string `path:"name" maxLength:"100"`
}

func (s *server) apiPolicy(ctx context.Context, in *policyInput) (*rawOutput, error) {
	all, err := builtIn()
	if err != nil {
		return nil, s.apiError(ctx, err)
	}
	p := all[in.Name]
	if p == nil {
		return nil, huma.Error404NotFound("there is no such policy")
	}
	return &rawOutput{"application/json", p.Text()}, nil
}
