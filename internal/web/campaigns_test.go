package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// campaigning is a service whose campaigns find all domains below test. at one server of the lab; with workers 0 it scans nothing.
func campaigning(t *testing.T, workers int) *service {
	t.Helper()
	return campaigningAstray(t, workers, new(atomic.Int64))
}

// campaigningAstray has a domain, astray.test, lead to a port where campaigns have no business.
func campaigningAstray(t *testing.T, workers int, astray *atomic.Int64) *service {
	t.Helper()
	target, port := weak(t, "strong-submission")
	dns, err := dnstest.Answers(t.Context(), func(name, kind string) []string {
		switch {
		case kind == "SRV" && strings.HasPrefix(name, "_submission._tcp.d"):
			return []string{fmt.Sprintf("SRV 0 1 %d mail.provider.test.", port)}
		case kind == "SRV" && name == "_submission._tcp.astray.test.":
			return []string{fmt.Sprintf("SRV 0 1 %d mail.provider.test.", astray.Load())}
		case kind == "A" && name == "mail.provider.test.":
			return []string{"A 127.0.0.1"}
		case kind == "MX" && strings.HasSuffix(name, ".test."):
			return []string{"MX 0 ."}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err, target)
	}
	hooks := channel.NewHooks([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	return run(t, filepath.Join(t.TempDir(), "mailtls.db"), jobs.Config{Workers: workers, Watch: &jobs.Watch{Hooks: hooks},
		Scan: mailtls.Config{Allow: loopback(port), Resolvers: []string{dns}, DNSSEC: "off", Timeout: 20 * time.Second}}, Config{Ports: Ports(nil), Hooks: hooks})
}

// form is what a browser sends of a campaign: fields, what was typed, and a file.
func campaignBody(t *testing.T, fields map[string]string, typed, file string) (body *bytes.Buffer, media string) {
	t.Helper()
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	var err error
	note := func(e error) {
		if err == nil {
			err = e
		}
	}
	for _, name := range []string{"name", "policy", "depth"} {
		note(w.WriteField(name, fields[name]))
	}
	note(w.WriteField("list", typed))
	part, e := w.CreateFormFile("file", "x.csv")
	note(e)
	_, e = io.WriteString(part, file)
	note(e)
	note(w.Close())
	if err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

func usual(more ...string) map[string]string {
	f := map[string]string{"name": "ours", "policy": "mail", "depth": "quick"}
	for i := 0; i < len(more); i += 2 {
		f[more[i]] = more[i+1]
	}
	return f
}

// submit sends the form of a campaign, and returns the page that it leads to.
func (s *service) submit(t *testing.T, fields map[string]string, typed, file string, status int) (page, at string) {
	t.Helper()
	body, media := campaignBody(t, fields, typed, file)
	res, err := s.Client().Post(s.URL+"/campaigns", media, body)
	page = read(t, res, err, status)
	return page, res.Request.URL.Path
}

// TestCampaign submits a list as a person does, watches it, and takes what came of it in all forms.
func TestCampaign(t *testing.T) {
	s := campaigning(t, 4)
	page, path := s.submit(t, usual("name", "<b>ours", "policy", "rfc9325"), "# mine\nd1.test\nD2.test.\nno_domain<script>\nd1.test\nbücher.test", "rank,domain\n1,d3.test\n2,d4.test", http.StatusOK)
	if !strings.Contains(page, "&lt;b&gt;ours") || !strings.Contains(page, "no_domain&lt;script&gt;") || strings.Contains(page, "<script>no") {
		t.Errorf("page:\n%s", page)
	}
	if last := s.watch(t, path); last != `"done"` {
		t.Errorf("the last event is %s", last)
	}
	page = s.get(t, path, http.StatusOK)
	for _, want := range []string{"It was done", "of 6 names finished", "1 of 1 servers scanned", "xn--bcher-kva.test", ">d1.test</a>", "?policy=rfc9325"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if h := s.get(t, "/history?target=d3.test", http.StatusOK); strings.Count(h, `<td><a href="/scans/`) != 1 {
		t.Errorf("history:\n%s", h)
	}
	s.exports(t, path)
	if page := s.get(t, path+"/summary", http.StatusOK); !strings.Contains(page, "6 names, 5 domains") {
		t.Errorf("summary:\n%s", page)
	}
	if page := s.get(t, "/campaigns", http.StatusOK); !strings.Contains(page, `<a href="`+path) || !strings.Contains(page, "100 %") {
		t.Errorf("list:\n%s", page)
	}
	s.send(t, path+"/explode", nil, http.StatusNotFound)
	if _, at := s.send(t, path+"/delete", nil, http.StatusOK); at != "/campaigns" {
		t.Errorf("deleting leads to %s", at)
	}
	for _, path := range []string{path, path + "/events", path + "/summary", path + "/results.csv", "/campaigns/x", "/campaigns/%00"} {
		s.get(t, path, http.StatusNotFound)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// TestCampaignAstray has a domain lead a campaign to where it has no business: nothing is connected to, and that is told.
func TestCampaignAstray(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Bool
	go func() {
		if c, err := l.Accept(); err == nil {
			reached.Store(true)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	var port atomic.Int64
	port.Store(int64(l.Addr().(*net.TCPAddr).Port))
	s := campaigningAstray(t, 2, &port)
	_, path := s.submit(t, usual(), "astray.test", "", http.StatusOK)
	s.watch(t, path)
	if text := s.get(t, path+"/results.jsonl", http.StatusOK); reached.Load() || !strings.Contains(text, "this service leaves it alone") {
		t.Errorf("reached: %v: %.2000s", reached.Load(), text)
	}
}

// exports wants the results of the campaign at path in all forms.
func (s *service) exports(t *testing.T, path string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s.get(t, path+"/results.jsonl", http.StatusOK), "\n"), "\n")
	rows := 0
	if err := bulk.ReadJSONL(strings.NewReader(strings.Join(lines, "\n")), func(bulk.Row) error { rows++; return nil }); err != nil || rows != 6 {
		t.Errorf("%d rows, %v", rows, err)
	}
	if r, err := report.ReadJSON(strings.NewReader(lines[0])); err != nil || r.Domains[0].Name != "d1.test" || len(r.Endpoints) != 1 || len(r.Endpoints[0].Others) != 1 {
		t.Errorf("the first line: %v: %.300s", err, lines[0])
	}
	table, err := csv.NewReader(strings.NewReader(s.get(t, path+"/results.csv", http.StatusOK))).ReadAll()
	if err != nil || len(table) != 7 || table[0][0] != "domain" || table[1][0] != "d1.test" || table[3][2] != "invalid" {
		t.Errorf("CSV: %v, %v", table, err)
	}
	text := s.get(t, path+"/results.parquet", http.StatusOK)
	read, err := parquet.Read[bulk.Row](strings.NewReader(text), int64(len(text)))
	if err != nil || len(read) != 6 || read[1].Domain != "d2.test" || read[1].Submission == "" {
		t.Errorf("Parquet: %+v, %v", read, err)
	}
	text = s.get(t, path+"/endpoints.parquet", http.StatusOK)
	if read, err := parquet.Read[bulk.EndpointRow](strings.NewReader(text), int64(len(text))); err != nil || len(read) != 1 || read[0].Host != "mail.provider.test" {
		t.Errorf("Parquet: %+v, %v", read, err)
	}
	for _, f := range exportForms() {
		if a, b := s.get(t, path+"/"+f.name, http.StatusOK), s.get(t, "/api/v1"+path+"/"+f.name, http.StatusOK); a != b || a == "" {
			t.Errorf("%s: the API has %d bytes, the page %d", f.name, len(b), len(a))
		}
	}
	s.get(t, path+"/results.doc", http.StatusNotFound)
}

// TestCampaignJunk submits what is no campaign: nothing is kept, and each is told what is wrong.
func TestCampaignJunk(t *testing.T) {
	s := campaigning(t, 0)
	for list, want := range map[string]string{
		"": "no name of a domain", "\x00\x00\n": "no name of a domain", "no_domain\n\xff\xfe": "no name of a domain", strings.Repeat("a", 300) + ".test": "no name of a domain",
		strings.Repeat("x", 1<<20) + "\n": "no name of a domain", "127.0.0.1\n[::1]": "no name of a domain", "<script>alert(1)</script>": "no name of a domain",
		strings.Repeat("a.test\n", maxNames+1): "200000 names", strings.Repeat("# x\n", maxList/4+1): "16 MB",
	} {
		status := http.StatusUnprocessableEntity
		if strings.HasPrefix(want, "200000") || strings.HasPrefix(want, "16") {
			status = http.StatusRequestEntityTooLarge
		}
		for typed, file := range map[string]string{list: "", "\n": list} {
			if len(list) > maxTyped && typed == list {
				continue
			}
			page, _ := s.submit(t, usual(), typed, file, status)
			if !strings.Contains(page, want) || strings.Contains(page, "<script>alert") {
				t.Errorf("%.30q: no %q in\n%.3000s", list, want, page)
			}
		}
		res, err := s.Client().Post(s.URL+"/api/v1/campaigns", "text/csv", strings.NewReader(list))
		if text := read(t, res, err, status); !strings.Contains(text, want) || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.30q: %s", list, text)
		}
	}
	for field, text := range map[string]string{"name": "\x1b[31m", "policy": "nobody's", "depth": "deep"} {
		if page, _ := s.submit(t, usual(field, text), "d1.test", "", http.StatusUnprocessableEntity); !strings.Contains(page, `class="wrong fail"`) {
			t.Errorf("%s:\n%s", field, page)
		}
	}
	res, err := s.Client().Post(s.URL+"/campaigns", "multipart/form-data; boundary=x", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nd1.test"))
	read(t, res, err, http.StatusUnprocessableEntity)
	s.send(t, "/campaigns", typed(), http.StatusUnprocessableEntity)
	if list, err := s.store.Campaigns(t.Context(), "", time.Time{}, 10); err != nil || len(list) > 0 {
		t.Errorf("kept: %+v, %v", list, err)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// TestCampaignAPI does as a program what TestCampaign does as a person.
func TestCampaignAPI(t *testing.T) {
	s := campaigning(t, 0)
	call := func(method, path, body string, status int) (c apiCampaign) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/api/v1/campaigns"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "text/plain")
		res, err := s.Client().Do(req)
		text := read(t, res, err, status)
		if status < 300 && text != "" {
			if err := json.Unmarshal([]byte(text), &c); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
		}
		return c
	}
	c := call(http.MethodPost, "?name=x&quick=false&policy=rfc9325", "d1.test\nd2.test\nd1.test\nx_y", http.StatusCreated)
	if c.Name != "x" || c.Quick || c.Policy != "rfc9325" || c.Progress.State != "waiting" || c.Progress.Names != 3 || c.Progress.Faults != 1 {
		t.Errorf("got %+v", c)
	}
	one := "/" + c.ID
	for action, want := range map[string]string{"pause": "paused", "resume": "waiting"} {
		if action == "resume" {
			call(http.MethodPost, one+"/pause", "", http.StatusOK)
		}
		if got := call(http.MethodPost, one+"/"+action, "", http.StatusOK); got.Progress.State != want {
			t.Errorf("%s: %+v", action, got)
		}
	}
	var names struct {
		Names []apiMember
		Next  string
	}
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/campaigns"+one+"/names?limit=2", http.StatusOK)), &names); err != nil || len(names.Names) != 2 || names.Names[0].Name != "d1.test" {
		t.Errorf("names %+v, %v", names, err)
	}
	next := names.Next
	names.Next = ""
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/campaigns"+one+"/names?limit=2&after="+next, http.StatusOK)), &names); err != nil || len(names.Names) != 1 || names.Names[0].Fault == "" || names.Next != "" {
		t.Errorf("names %+v, %v", names, err)
	}
	s.get(t, "/api/v1/campaigns"+one+"/names?after=x", http.StatusUnprocessableEntity)
	if got := call(http.MethodPost, one+"/cancel", "", http.StatusOK); got.Progress.State != "cancelled" || got.Ended == nil {
		t.Errorf("cancelled: %+v", got)
	}
	for range maxCampaigns {
		call(http.MethodPost, "", "d1.test", http.StatusCreated)
	}
	call(http.MethodPost, "", "d1.test", http.StatusTooManyRequests)
	call(http.MethodPost, "?policy=x", "d1.test", http.StatusUnprocessableEntity)
	call(http.MethodDelete, one, "", http.StatusNoContent)
	call(http.MethodGet, one, "", http.StatusNotFound)
	call(http.MethodPost, one+"/pause", "", http.StatusNotFound)
	call(http.MethodPost, one+"/explode", "", http.StatusUnprocessableEntity)
	if waiting, err := s.store.Waiting(t.Context()); err != nil || waiting > 0 {
		t.Errorf("%d scans wait, %v: people's limit is not for campaigns", waiting, err)
	}
	if text := s.get(t, "/openapi.json", http.StatusOK); !strings.Contains(text, `"/api/v1/campaigns/{id}/results.parquet"`) || !strings.Contains(text, `"text/csv"`) {
		t.Error("the description does not have it")
	}
}

// TestCampaignsForStrangers wants none where strangers come, nor seen by another owner.
func TestCampaignsForStrangers(t *testing.T) {
	s := campaigning(t, 0)
	somebody := &store.Account{Name: "somebody"}
	if err := s.store.AddAccount(t.Context(), somebody, time.Now()); err != nil {
		t.Fatal(err)
	}
	c := &store.Campaign{Owner: somebody.ID, Name: "x", Policy: "mail"}
	if err := s.store.AddCampaign(t.Context(), c, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.store.BeginCampaign(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/events", "/summary", "/results.jsonl"} {
		s.get(t, "/campaigns/"+c.ID+path, http.StatusNotFound)
	}
	for _, path := range []string{"", "/names", "/results.jsonl"} {
		s.get(t, "/api/v1/campaigns/"+c.ID+path, http.StatusNotFound)
	}
	s.send(t, "/campaigns/"+c.ID+"/cancel", nil, http.StatusNotFound)
	for _, path := range []string{"/campaigns", "/api/v1/campaigns", "/campaigns/" + c.ID} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", "192.0.2.1")
		res, err := s.Client().Do(req)
		read(t, res, err, http.StatusForbidden)
	}
	open := serve(t, Allow(nil, Ports(nil)))
	if page := open.get(t, "/campaigns", http.StatusOK); !strings.Contains(page, "There are no campaigns here") {
		t.Errorf("page:\n%s", page)
	}
	open.get(t, "/api/v1/campaigns", http.StatusNotFound)
}

// TestHostileCampaigns sends what does not belong there to every path and field of campaigns.
func TestHostileCampaigns(t *testing.T) {
	s := campaigning(t, 0)
	_, path := s.submit(t, usual(), "d1.test", "", http.StatusOK)
	for _, body := range bodies() {
		for _, kind := range []string{jsonKind, "text/plain", "multipart/form-data; boundary=x", formKind, "x"} {
			s.refused(t, wish{"POST", "/api/v1/campaigns", kind, body})
			s.refused(t, wish{"POST", "/campaigns", kind, body})
		}
	}
	for _, text := range texts() {
		q := url.QueryEscape(text)
		for _, field := range []string{"policy", "quick"} {
			s.refused(t, wish{"POST", "/api/v1/campaigns?" + field + "=" + q, "text/plain", "d2.test"})
		}
		for _, at := range []string{"/campaigns/" + url.PathEscape(text), "/campaigns/" + url.PathEscape(text) + "/events", "/campaigns/" + url.PathEscape(text) + "/results.csv", path + "/" + url.PathEscape(text),
			"/campaigns/" + url.PathEscape(text) + "/names", path + "/names?limit=" + q} {
			s.refused(t, wish{"GET", "/api/v1" + at, "", ""})
			if !strings.Contains(at, "names") {
				s.refused(t, wish{"GET", at, "", ""})
			}
		}
		s.refused(t, wish{"POST", path + "/" + url.PathEscape(text), formKind, "x=" + q})
		for _, at := range []string{"/campaigns?before=" + q, path + "?after=" + q, "/api/v1" + path + "/names?after=" + q} {
			res, page := s.answer(t, wish{"GET", at, "", ""})
			s.harmless(t, wish{"GET", at, "", ""}, res, page)
		}
	}
	if list, err := s.store.Campaigns(t.Context(), "", time.Time{}, 10); err != nil || len(list) != 1 {
		t.Errorf("there are %d campaigns, %v", len(list), err)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}
