package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// bringing is a request of a browser with a body, to be handed to the handler.
func (p *person) bringing(path, media string, body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, body).WithContext(p.t.Context())
	r.Header.Set("Content-Type", media)
	r.AddCookie(&http.Cookie{Name: "mailtls", Value: p.cookie()})
	return r
}

// countedBody counts what is read of it.
type countedBody struct {
	io.Reader
	n int
}

func (c *countedBody) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

// timedRecorder notes whether there is to be more time to read.
type timedRecorder struct {
	*httptest.ResponseRecorder
	patient bool
}

func (r *timedRecorder) SetReadDeadline(time.Time) error { r.patient = true; return nil }

// TestListOfStranger wants a large body read, and more time taken for it, of those alone who may have campaigns, and only as what it has to be.
func TestListOfStranger(t *testing.T) {
	auth, without := withAccounts(t, Config{}), serve(t, nil)
	ann, nobody, local := auth.signed(t, "ann"), auth.person(t), without.person(t)
	const lots = 1 << 20
	form, media := campaignBody(t, usual(), strings.Repeat("example.org\n", lots/12), "")
	list := form.String()
	for _, c := range []struct {
		what, path, media, body string
		who                     *person
		site                    string
		status                  int
		taken                   bool
	}{
		{"a stranger's form", "/campaigns", formKind, "a=" + strings.Repeat("b", lots), nobody, "same-origin", http.StatusSeeOther, false},
		{"a stranger's list", "/campaigns", media, list, nobody, "same-origin", http.StatusSeeOther, false},
		{"a stranger's call", "/api/v1/campaigns", "text/plain", list, nobody, "same-origin", http.StatusUnauthorized, false},
		{"from another site", "/campaigns", media, list, ann, "cross-site", http.StatusForbidden, false},
		{"where there are none", "/campaigns", formKind, "a=" + strings.Repeat("b", lots), local, "same-origin", http.StatusNotFound, false},
		{"no form of a campaign", "/campaigns", formKind, "a=" + strings.Repeat("b", lots), ann, "same-origin", http.StatusUnprocessableEntity, true},
		{"a list", "/campaigns", media, list, ann, "same-origin", http.StatusSeeOther, true},
	} {
		body, answer := &countedBody{Reader: strings.NewReader(c.body)}, &timedRecorder{ResponseRecorder: httptest.NewRecorder()}
		r := c.who.bringing(c.path, c.media, body)
		r.Header.Set("Sec-Fetch-Site", c.site)
		c.who.Config.Handler.ServeHTTP(answer, r)
		if answer.Code != c.status || answer.patient != c.taken || c.taken != (body.n == len(c.body)) || !c.taken && body.n > maxBody+1 {
			t.Errorf("%s: %d, want %d; read %d of %d bytes, patient %v", c.what, answer.Code, c.status, body.n, len(c.body), answer.patient)
		}
	}
}
