package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// Settings are what programs say of a monitor. The description has what is embedded by an exported name alone.
type Settings struct {
	Name    string     `json:"name,omitempty" maxLength:"400" doc:"That of the first target, if it is absent"`
	Targets []string   `json:"targets" minItems:"1" maxItems:"100" doc:"Domains, or servers as scheme://host:port"`
	Hours   int        `json:"every_hours,omitempty" minimum:"1" maximum:"744" default:"24" doc:"From one look to the next"`
	Quick   *bool      `json:"quick,omitempty" doc:"Only what the checks need, without attacks. True if it is absent"`
	Policy  string     `json:"policy,omitempty" default:"mail" maxLength:"100"`
	Digest  bool       `json:"digest,omitempty" doc:"One message a day"`
	Mail    []string   `json:"mail,omitempty" maxItems:"20" doc:"Addresses"`
	Webhook string     `json:"webhook,omitempty" maxLength:"2000" doc:"URL that signed requests are sent to"`
	Slack   string     `json:"slack,omitempty" maxLength:"2000" doc:"URL of an incoming webhook as Slack has them"`
	Paused  bool       `json:"paused,omitempty"`
	Muted   *time.Time `json:"muted_until,omitempty" doc:"Until then nothing is sent; what changes meanwhile is told then"`
}

// apiMonitor is a monitor as programs see it.
type apiMonitor struct {
	ID string `json:"id"`
	Settings
	Secret string     `json:"webhook_secret" doc:"That requests are signed with"`
	Feed   string     `json:"feed" doc:"Path of the Atom feed"`
	Page   string     `json:"page" doc:"Path of the page for people"`
	Made   time.Time  `json:"made"`
	Looks  []apiWatch `json:"watched,omitempty" doc:"The targets; absent in lists"`
}

// apiWatch is a target of a monitor as programs see it.
type apiWatch struct {
	Target string     `json:"target"`
	Due    *time.Time `json:"due,omitempty" doc:"When it is looked at next; absent if it is paused"`
	Last   string     `json:"last_scan,omitempty" doc:"ID of the last scan that was looked at"`
	Scan   *apiScan   `json:"scan,omitempty" doc:"The last scan that was looked at, with its verdict and grade by the policy mail; absent if there is none, or none any more"`
	Why    string     `json:"why,omitempty" doc:"Why the scan after that failed"`
}

func apiMonitorOf(m *store.Monitor, watches []watchLine) apiMonitor {
	out := apiMonitor{ID: m.ID, Secret: m.Secret, Feed: "/monitors/" + m.ID + "/feed.atom?token=" + m.Feed, Page: "/monitors/" + m.ID, Made: m.Made,
		Settings: Settings{Name: m.Name, Targets: m.Targets, Hours: int(m.Every / time.Hour), Quick: &m.Quick, Policy: m.Policy, Digest: m.Digest, Mail: m.Mail,
			Webhook: m.Webhook, Slack: m.Slack, Paused: m.Paused}}
	if !m.Muted.IsZero() {
		out.Muted = &m.Muted
	}
	for _, x := range watches {
		w := apiWatch{Target: x.Target, Last: x.Last, Why: x.Why}
		if !x.Due.IsZero() {
			w.Due = &x.Due
		}
		if x.Scan != nil {
			last := apiScanOf(x.Scan)
			w.Scan = &last
		}
		out.Looks = append(out.Looks, w)
	}
	return out
}

type monitorInput struct{ Body Settings }

type monitorChange struct {
	ID   string `path:"id" maxLength:"64"`
	Body apiWritten
}

// apiWritten is a monitor as it was read, with its settings changed. The rest cannot be changed, and what is written there counts for nothing.
type apiWritten struct {
	Settings
	ID     any `json:"id,omitempty" doc:"Not read, as all that only the service sets"`
	Secret any `json:"webhook_secret,omitempty" doc:"Not read"`
	Feed   any `json:"feed,omitempty" doc:"Not read"`
	Page   any `json:"page,omitempty" doc:"Not read"`
	Made   any `json:"made,omitempty" doc:"Not read"`
	Looks  any `json:"watched,omitempty" doc:"Not read"`
	Schema any `json:"$schema,omitempty" doc:"Not read"`
}

type monitorOutput struct {
	Location string `header:"Location"`
	Body     apiMonitor
}

type monitorListInput struct {
	Before time.Time `query:"before" doc:"Those made before that time"`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type monitorListOutput struct{ Body []apiMonitor }

// apiKeep keeps a monitor of whoever asks.
func (s *server) apiKeep(ctx context.Context, m *store.Monitor) error {
	no, err := s.keepMonitor(ctx, m)
	if err != nil {
		return s.apiMonitorError(ctx, err)
	}
	if no != nil {
		return huma.Error422UnprocessableEntity("this monitor is not kept", &huma.ErrorDetail{Location: "body.targets", Message: no.String()})
	}
	return nil
}

// monitorAPI adds what programs do with monitors.
func (s *server) monitorAPI(api huma.API) {
	if s.Hooks == nil {
		return
	}
	api = s.ownAPI(api, account.Monitor)
	const path = "/api/v1/monitors"
	huma.Register(api, huma.Operation{OperationID: "create-monitor", Method: http.MethodPost, Path: path, Summary: "Watch targets, and tell of changes",
		MaxBodyBytes: maxBody, DefaultStatus: http.StatusCreated, Errors: []int{413, 422}}, s.apiAddMonitor)
	huma.Register(api, huma.Operation{OperationID: "list-monitors", Method: http.MethodGet, Path: path, Summary: "The monitors, the latest first"}, s.apiMonitors)
	huma.Register(api, huma.Operation{OperationID: "get-monitor", Method: http.MethodGet, Path: path + "/{id}", Summary: "A monitor, and how far it is", Errors: []int{404}}, s.apiMonitor)
	huma.Register(api, huma.Operation{OperationID: "change-monitor", Method: http.MethodPut, Path: path + "/{id}", Summary: "Change a monitor: what is absent is as in a new one",
		MaxBodyBytes: maxBody, Errors: []int{404, 413, 422}}, s.apiChangeMonitor)
	huma.Register(api, huma.Operation{OperationID: "delete-monitor", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Delete a monitor; its scans stay",
		DefaultStatus: http.StatusNoContent, Errors: []int{404}}, s.apiDeleteMonitor)
	huma.Register(api, huma.Operation{OperationID: "test-monitor", Method: http.MethodPost, Path: path + "/{id}/test", Summary: "Send a test message to all whom a monitor tells",
		DefaultStatus: http.StatusAccepted, Errors: []int{404, 422, 429}}, s.apiTestMonitor)
}

// settingsOf reads what a program says of a monitor, as a form is read.
func (s *server) settingsOf(in Settings) (*store.Monitor, error) {
	depth := "quick"
	if in.Quick != nil && !*in.Quick {
		depth = "full"
	}
	m, wrong := s.monitorOf(monitorForm{Name: in.Name, Targets: strings.Join(in.Targets, "\n"), Every: strconv.Itoa(in.Hours), Depth: depth, Policy: in.Policy,
		Mail: strings.Join(in.Mail, "\n"), Webhook: in.Webhook, Slack: in.Slack, Digest: in.Digest})
	m.Paused = in.Paused
	if in.Muted != nil {
		if m.Muted = *in.Muted; m.Muted.After(time.Now().Add(longestMuted)) {
			wrong["muted_until"] = "A monitor is muted for 90 days at most."
		}
	}
	if len(wrong) == 0 {
		return m, nil
	}
	var details []error
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		details = append(details, &huma.ErrorDetail{Location: "body." + field, Message: wrong[field]})
	}
	return nil, huma.Error422UnprocessableEntity("this is no monitor", details...)
}

func (s *server) apiAddMonitor(ctx context.Context, in *monitorInput) (*monitorOutput, error) {
	m, err := s.settingsOf(in.Body)
	if err != nil {
		return nil, err
	}
	if err := s.apiKeep(ctx, m); err != nil {
		return nil, err
	}
	return s.apiMonitorOutput(ctx, m.ID)
}

func (s *server) apiMonitorOutput(ctx context.Context, id string) (*monitorOutput, error) {
	m, err := s.ownMonitor(ctx, id)
	if err != nil {
		return nil, s.apiMonitorError(ctx, err)
	}
	watches, err := s.watched(ctx, id)
	if err != nil {
		return nil, s.apiMonitorError(ctx, err)
	}
	return &monitorOutput{Location: "/api/v1/monitors/" + m.ID, Body: apiMonitorOf(m, watches)}, nil
}

func (s *server) apiMonitor(ctx context.Context, in *idInput) (*monitorOutput, error) {
	return s.apiMonitorOutput(ctx, in.ID)
}

func (s *server) apiMonitors(ctx context.Context, in *monitorListInput) (*monitorListOutput, error) {
	owner, _ := s.ownerIn(ctx)
	list, err := s.Store.Monitors(ctx, owner, in.Before, in.Limit)
	out := &monitorListOutput{Body: []apiMonitor{}}
	for i := range list {
		var m *store.Monitor
		if m, err = s.Store.Monitor(ctx, list[i].ID); err != nil {
			break
		}
		out.Body = append(out.Body, apiMonitorOf(m, nil))
	}
	if err != nil {
		return nil, s.apiMonitorError(ctx, err)
	}
	return out, nil
}

func (s *server) apiChangeMonitor(ctx context.Context, in *monitorChange) (*monitorOutput, error) {
	m, err := s.settingsOf(in.Body.Settings)
	if err != nil {
		return nil, err
	}
	former, err := s.ownMonitor(ctx, in.ID)
	if err != nil {
		return nil, s.apiMonitorError(ctx, err)
	}
	m.ID = former.ID
	if err := s.apiKeep(ctx, m); err != nil {
		return nil, err
	}
	return s.apiMonitorOutput(ctx, in.ID)
}

func (s *server) apiDeleteMonitor(ctx context.Context, in *idInput) (*struct{}, error) {
	m, err := s.ownMonitor(ctx, in.ID)
	if err == nil {
		err = s.Store.DeleteMonitor(ctx, m.ID)
	}
	if err != nil {
		return nil, s.apiMonitorError(ctx, err)
	}
	s.noteOwn(ctx, "monitor deleted", m.Name)
	return nil, nil
}

func (s *server) apiTestMonitor(ctx context.Context, in *idInput) (*struct{}, error) {
	m, err := s.ownMonitor(ctx, in.ID)
	if err == nil {
		err = s.sendTest(ctx, m)
	}
	if errors.Is(err, errTests) {
		return nil, huma.ErrorWithHeaders(huma.Error429TooManyRequests(err.Error()), http.Header{"Retry-After": {retryAfter}})
	}
	if errors.Is(err, errNobody) {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if err != nil {
		return nil, s.apiMonitorError(ctx, err)
	}
	return nil, nil
}

func (s *server) apiMonitorError(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrNoMonitor) {
		return huma.Error404NotFound(store.ErrNoMonitor.Error())
	}
	return s.apiError(ctx, err)
}
