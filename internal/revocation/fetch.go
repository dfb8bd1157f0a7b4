package revocation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Limits of what is fetched.
const (
	maxCRL       = 16 << 20 // bytes
	maxRedirects = 2        // and to the same host only
)

// request is what is sent: a GET, or a POST if there is a body.
type request struct {
	url         string
	body        []byte
	contentType string // of the body
	limit       int    // bytes of the answer
}

// fetch sends a request and returns the answer.
func (a *Asker) fetch(ctx context.Context, q request, anywhere bool) ([]byte, error) {
	if err := mayFetch(q.url); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout())
	defer cancel()
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if q.body != nil {
		method, body = http.MethodPost, bytes.NewReader(q.body)
	}
	r, err := http.NewRequestWithContext(ctx, method, q.url, body)
	if err != nil {
		return nil, plainly(err)
	}
	r.Header.Set("User-Agent", "mailtls")
	if q.contentType != "" {
		r.Header.Set("Content-Type", q.contentType)
	}
	answer, err := a.client(anywhere).Do(r)
	if err != nil {
		return nil, plainly(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, int64(q.limit)+1))
	switch {
	case err != nil:
		return nil, plainly(err)
	case len(text) > q.limit:
		return nil, fmt.Errorf("more than the %d bytes that are read", q.limit)
	}
	return text, nil
}

// mayFetch tells addresses apart that HTTP does not lead to, such as those of directories (LDAP).
func mayFetch(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return errors.New("the address cannot be read")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("only HTTP is asked")
	case u.Hostname() == "" || u.User != nil:
		return errors.New("the address has no host, or a password")
	}
	return nil
}

// client makes connections that are used once.
func (a *Asker) client(anywhere bool) *http.Client {
	d := &net.Dialer{Timeout: a.timeout()}
	if !anywhere {
		d.Control = onlyPublic
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: d.DialContext, DisableKeepAlives: true, DisableCompression: true,
			MaxResponseHeaderBytes: 1 << 16, TLSHandshakeTimeout: a.timeout(),
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || r.URL.Host != via[0].URL.Host {
				return fmt.Errorf("leads on to %s", r.URL.Host)
			}
			return mayFetch(r.URL.String())
		},
	}
}

func (a *Asker) timeout() time.Duration {
	if a.Timeout <= 0 {
		return 10 * time.Second
	}
	return a.Timeout
}

// plainly takes the method and the address off an error, which are told beside it.
func plainly(err error) error {
	var u *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	case errors.As(err, &u):
		return u.Err
	}
	return err
}
