package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// TestReportsAPI reads reports in every form, what is different between two, checks and policies as a program does, and is told what there is
// not.
func TestReportsAPI(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	old := s.keep(t, "smtp://one.example:25", reportOn(t, "strong"))
	now := s.keep(t, "smtp://one.example:25", reportOn(t, "ancient"))
	other := s.keep(t, "smtp://two.example:25", reportOn(t, "strong"))
	for _, f := range reportForms() {
		res, err := s.Client().Get(s.URL + "/api/v1/scans/" + now + "/report?format=" + f.name)
		text := read(t, res, err, http.StatusOK)
		if page := s.get(t, "/scans/"+now+"/report."+f.name, http.StatusOK); text != page || res.Header.Get("Content-Type") != f.mediaType {
			t.Errorf("%s is %s, and not what the page has", f.name, res.Header.Get("Content-Type"))
		}
	}
	if r, err := report.ReadJSON(strings.NewReader(s.get(t, "/api/v1/scans/"+now+"/report", http.StatusOK))); err != nil || r.Endpoints[0].Grade != "F" {
		t.Errorf("without a form: %v", err)
	}
	for _, ids := range []string{"old=" + old + "&new=" + now, "old=" + now + "&new=" + old} {
		var c report.Changes
		if err := json.Unmarshal([]byte(s.get(t, "/api/v1/diff?"+ids, http.StatusOK)), &c); err != nil || len(c.Endpoints) != 2 || !c.Old.Before(c.New) {
			t.Errorf("%s: %+v, %v", ids, c, err)
		}
	}
	var checks []check.Description
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/checks", http.StatusOK)), &checks); err != nil || len(checks) != len(allChecks()) || checks[0].ID == "" || len(checks[0].Facts) == 0 {
		t.Errorf("%d checks, %v", len(checks), err)
	}
	var policies []policy.Listing
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/policies", http.StatusOK)), &policies); err != nil || len(policies) != len(policy.Names()) {
		t.Errorf("%d policies, %v", len(policies), err)
	}
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/api/v1/policies/mail", http.StatusOK); got != string(mail.Text()) {
		t.Errorf("the policy is %.100s", got)
	}
	if got := s.get(t, "/api/v1/scans/"+now+"/events", http.StatusOK); !strings.Contains(got, "event: over") {
		t.Errorf("the events of a scan that is over: %s", got)
	}
	var described struct {
		Paths map[string]struct {
			Get struct {
				Responses map[string]struct{ Content map[string]any }
			}
		}
	}
	if err := json.Unmarshal([]byte(s.get(t, "/openapi.json", http.StatusOK)), &described); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/api/v1/scans/{id}/report": len(reportForms()), "/api/v1/diff": 1, "/api/v1/policies/{name}": 1, "/api/v1/scans/{id}/events": 1} {
		content := described.Paths[path].Get.Responses["200"].Content
		if text, _ := json.Marshal(content); len(content) != want || strings.Contains(string(text), "base64") {
			t.Errorf("%s is described as %s", path, text)
		}
	}
	for path, status := range map[string]int{
		"/api/v1/scans/" + now + "/report?format=pdf": 422, "/api/v1/scans/" + strings.Repeat("A", 26) + "/report": 404, "/api/v1/diff": 422,
		"/api/v1/diff?old=" + now + "&new=" + now: 422, "/api/v1/diff?old=" + now + "&new=" + other: 422,
		"/api/v1/scans/x/events": 404, "/api/v1/diff?old=" + now + "&new=x": 404, "/api/v1/policies/none": 404,
	} {
		res, err := s.Client().Get(s.URL + path)
		read(t, res, err, status)
		if kind := res.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: %s", path, kind)
		}
	}
}
