package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	neturl "net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/report"
)

// Limits on what a service may take, and answer with.
const (
	answerTime   = time.Minute // for the header of an answer
	answerBytes  = 1 << 20     // but for reports
	reportBytes  = 256 << 20
	followAgain  = time.Second     // after a connection that told nothing
	mostWaiting  = 2 * time.Minute // in all, for a service that has enough of us
	leastWaiting = time.Second
	remoteEvents = 64 << 10 // bytes of a line of events
)

// service is a web service of mailtls, by its API.
type service struct {
	base   *neturl.URL
	client *http.Client
	token  string // empty: none
	notes  io.Writer
	waited time.Duration // in all, since the service had enough of us
}

// newService is the service at base; notes are told of waiting for it.
func newService(base *neturl.URL, token string, roots *x509.CertPool, notes io.Writer) *service {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	transport.ResponseHeaderTimeout = answerTime
	return &service{base: base, client: &http.Client{Transport: transport, CheckRedirect: sameService}, token: token, notes: notes}
}

// remoteScan is a scan as the service tells of it.
type remoteScan struct{ ID, State, Why, Report, Events string }

func (s *remoteScan) over() bool { return s.State == "done" || s.State == "failed" }

// remoteStep is how far a scan is with a server.
type remoteStep struct{ Server, Text string }

// call asks for what is at path, below the service's address, with body as JSON unless it is nil. The caller closes the answer.
func (s *service) call(ctx context.Context, path string, body any) (*http.Response, error) {
	if body == nil {
		return s.send(ctx, http.MethodGet, path, nil, "", bytes.NewReader(nil)) // unlike http.NoBody, it can be sent again
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return s.send(ctx, http.MethodPost, path, nil, "application/json", bytes.NewReader(text))
}

// send is call of whatever method and body, of that media type.
func (s *service) send(ctx context.Context, method, path string, query neturl.Values, media string, in io.Reader) (*http.Response, error) {
	at := s.base.JoinPath(path)
	at.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, at.String(), in)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "mailtls")
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.ask(req)
	if e, ok := errors.AsType[*neturl.Error](err); ok {
		return nil, s.unreached(e.Err)
	}
	if err == nil && res.StatusCode/100 != 2 {
		return nil, errors.Join(refusedBy(res), res.Body.Close())
	}
	return res, err
}

// ask sends a request, and again when the service says, where it has enough of us for now or has no time to tell us something, if what was sent is
// still there.
func (s *service) ask(req *http.Request) (*http.Response, error) {
	for {
		res, err := s.client.Do(req)
		if err != nil || !busy(req, res) || req.GetBody == nil || !s.canWait(res) {
			return res, err
		}
		if err := s.wait(req.Context(), res); err != nil {
			return nil, err
		}
		if req.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
}

// busy reports whether a service may do later what it does not now. What was to be changed may have been, where it did not answer in time.
func busy(req *http.Request, res *http.Response) bool {
	return res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable && req.Method == http.MethodGet
}

// canWait reports whether a service that has enough of us says when to ask again, and that is not too late for this program.
func (s *service) canWait(res *http.Response) bool {
	after, told := retryAfter(res.Header.Get("Retry-After"), time.Now())
	return told && s.waited+after <= mostWaiting
}

// wait tells why it does, and waits as long as an answer wants.
func (s *service) wait(ctx context.Context, res *http.Response) error {
	why := refusedBy(res)
	_ = res.Body.Close() // it was read
	after, _ := retryAfter(res.Header.Get("Retry-After"), time.Now())
	s.waited += after
	fmt.Fprintf(s.notes, "mailtls: %s: %s: waiting for %s, to ask again\n", s.base.Redacted(), strings.TrimSuffix(why.Error(), "."), after)
	select {
	case <-time.After(after):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// retryAfter is how long the header of this name says to wait, in seconds or until a time (RFC 9110, Section 10.2.3), but leastWaiting; told is false if
// it says nothing.
func retryAfter(text string, now time.Time) (after time.Duration, told bool) {
	if n, err := strconv.ParseUint(text, 10, 16); err == nil {
		after = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		after = at.Sub(now).Round(time.Second)
	} else {
		return 0, false
	}
	return max(after, leastWaiting), true
}

// unreached adds to why a service could not be asked what can be done about it.
func (s *service) unreached(err error) error {
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return fmt.Errorf("%w: --ca-file FILE trusts another than this machine's", err)
	}
	dial, ok := errors.AsType[*net.OpError](err)
	if fallback := newWhom().server; ok && dial.Op == "dial" && s.base.String() == fallback.String() {
		return fmt.Errorf("%w: --server names another than this one, which is the default", err)
	}
	return err
}

// refusedBy is why a service does not answer as it was asked to (RFC 9457).
func refusedBy(res *http.Response) error {
	var problem struct {
		Detail string
		Errors []struct{ Message string }
	}
	if json.NewDecoder(io.LimitReader(res.Body, answerBytes)).Decode(&problem) != nil || problem.Detail == "" {
		hint := ""
		if res.StatusCode == http.StatusBadRequest && res.Request.URL.Scheme == "http" { // as those do who speak TLS at that port
			hint = ": it may want https://"
		}
		return fmt.Errorf("it answered %s%s", report.Escape(res.Status), hint)
	}
	for _, e := range problem.Errors {
		if !strings.Contains(problem.Detail, e.Message) {
			problem.Detail += ": " + e.Message
		}
	}
	return errors.New(report.Escape(problem.Detail))
}

// order has a scan made.
func (s *service) order(ctx context.Context, target string, quick bool) (*remoteScan, error) {
	return s.told(s.call(ctx, "/api/v1/scans", map[string]any{"target": target, "quick": quick}))
}

// scan returns how far a scan is.
func (s *service) scan(ctx context.Context, id string) (*remoteScan, error) {
	return s.told(s.call(ctx, "/api/v1/scans/"+neturl.PathEscape(id), nil))
}

func (s *service) told(res *http.Response, err error) (*remoteScan, error) {
	out := new(remoteScan)
	if err = decoded(res, err, out); err == nil && out.ID == "" {
		err = errNotServed
	}
	return out, err
}

// errNotServed says that what was answered is of something else.
var errNotServed = errors.New("what it answered is of something else: is it mailtls serve?")

// decoded reads an answer, unless there is none.
func decoded(res *http.Response, err error, out any) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if json.NewDecoder(io.LimitReader(res.Body, answerBytes)).Decode(out) != nil {
		return errNotServed
	}
	return nil
}

// follow tells of each step of a scan, until it is over or the service ends the connection.
func (s *service) follow(ctx context.Context, scan *remoteScan, tell func(remoteStep)) error {
	return s.listen(ctx, scan.Events, func(text []byte) bool {
		var step remoteStep
		if json.Unmarshal(text, &step) != nil {
			return false
		}
		tell(step)
		return true
	})
}

// listen hears the server-sent events at a path, until the service ends the connection. If none of them told anything, it waits a while: what they are about
// may be over by now; else the service is not to be asked without pause.
func (s *service) listen(ctx context.Context, path string, told func(text []byte) bool) error {
	res, err := s.call(ctx, path, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	heard := false
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, remoteEvents)
	for lines.Scan() {
		if text, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok && told(text) {
			heard = true
		}
	}
	if heard || ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case <-time.After(followAgain):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// report returns what a scan that is done has found out.
func (s *service) report(ctx context.Context, scan *remoteScan) (*report.Report, error) {
	res, err := s.call(ctx, scan.Report, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return report.ReadJSON(io.LimitReader(res.Body, reportBytes))
}
