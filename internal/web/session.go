package web

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// cookieName is the name of the cookie of a session. With HTTPS the prefix keeps other hosts of the domain from setting one (RFC 6265bis, Section 4.1.3.2).
func (s *server) cookieName(r *http.Request) string {
	if s.encrypted(r) {
		return "__Host-mailtls"
	}
	return "mailtls"
}

// encrypted reports whether browsers reach the service by HTTPS, from itself or from a proxy.
func (s *server) encrypted(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.URL, "https://")
}

// shown is what a browser shows to be known by, or "".
func (s *server) shown(r *http.Request) string {
	c, err := r.Cookie(s.cookieName(r))
	if err != nil || !account.IsSession(c.Value) {
		return ""
	}
	return c.Value
}

// begin signs a browser in, by a new session: what it had before ends, wherever that was from.
func (s *server) begin(w http.ResponseWriter, r *http.Request, a *store.Account) error {
	if old := s.shown(r); old != "" {
		if err := s.Store.EndSession(r.Context(), account.Digest(old)); err != nil {
			return err
		}
	}
	fresh := account.NewSession()
	if err := s.Store.AddSession(r.Context(), account.Digest(fresh), a, time.Now()); err != nil {
		return err
	}
	s.setCookie(w, r, fresh, int(store.SessionLife/time.Second))
	return nil
}

func (s *server) setCookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(r), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.encrypted(r), SameSite: http.SameSiteLaxMode})
}

// note keeps what somebody did. What cannot be kept is told in the log of the service, and keeps nobody from it.
func (s *server) note(r *http.Request, whose, action, object string) {
	s.noted(r.Context(), &store.Deed{At: time.Now(), Account: whose, Origin: addressOf(s.from(r)), Action: action, Object: object})
}

// noteTime is how long a note may take. Whoever goes away meanwhile is noted all the same.
const noteTime = 5 * time.Second

func (s *server) noted(ctx context.Context, d *store.Deed) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := s.Store.Note(ctx, d); err != nil {
		s.Log.ErrorContext(ctx, "what was done could not be noted", "action", d.Action, "object", d.Object, "account", d.Account, "error", err)
	}
}

// addressOf is the address alone.
func addressOf(remote string) string {
	if host, _, err := net.SplitHostPort(remote); err == nil {
		return host
	}
	return remote
}
