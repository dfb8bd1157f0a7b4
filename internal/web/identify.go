package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// errToken says that what a program shows is no token.
var errToken = errors.New("this token is not known: it may have expired, or been revoked")

// identified finds out who asks, and keeps out tokens that are for something else, and strangers where everything needs an account.
func (s *server) identified(next http.Handler) http.Handler {
	if !s.Auth {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forAll(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		v, err := s.whoAsks(r)
		switch {
		case errors.Is(err, errToken):
			refuse(w, http.StatusUnauthorized, `error="invalid_token"`, err.Error())
		case err != nil:
			s.cannotTell(w, r, err)
		case v == nil && s.Closed && !openToStrangers(r.URL.Path):
			turnAway(w, r)
		case v != nil && v.token != nil && !v.token.May(scopeOf(r)):
			refuseScope(w, scopeOf(r))
		default:
			if s.Closed {
				w.Header().Set("Cache-Control", "private, no-cache")
			}
			known := r
			if v != nil {
				known = r.WithContext(context.WithValue(r.Context(), visitorKey{}, v))
			}
			next.ServeHTTP(w, known)
			r.Pattern = known.Pattern // for whoever counts by it
		}
	})
}

// forAll reports whether a page is for everybody, whoever they are, always.
func forAll(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics" || strings.HasPrefix(path, "/static/") // metrics have a guard of their own
}

// whoAsks is who shows a token or has signed in; nil is a stranger.
func (s *server) whoAsks(r *http.Request) (*visitor, error) {
	now, ctx := time.Now(), r.Context()
	if scheme, shown, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		if !account.IsToken(shown) {
			return nil, errToken
		}
		t, a, err := s.Store.Token(ctx, account.Digest(shown), now)
		if errors.Is(err, store.ErrNoToken) {
			return nil, errToken
		}
		return &visitor{Account: a, token: t, from: s.from(r)}, err
	}
	shown := s.shown(r)
	if shown == "" {
		return nil, nil
	}
	a, err := s.Store.Session(ctx, account.Digest(shown), now)
	if errors.Is(err, store.ErrNoAccount) {
		return nil, nil
	}
	return &visitor{Account: a, session: account.Digest(shown), from: s.from(r)}, err
}

// scopeOf is what a token has to be for; "" is for nobody's but a browser.
func scopeOf(r *http.Request) string {
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	at := func(begin string) bool { return path == begin || strings.HasPrefix(path, begin+"/") }
	switch {
	case at("/monitors"):
		return account.Monitor
	case at("/campaigns"):
		return account.Campaign
	case at("/account"), at("/sign-in"), at("/sign-out"):
		return ""
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		return account.Read
	case at("/scans"):
		return account.Scan
	}
	return ""
}

// openToStrangers reports whether a page is for those who have not signed in, too, where everything needs an account. Feeds are for whoever knows their address.
func openToStrangers(path string) bool {
	return path == "/sign-in" || strings.HasPrefix(path, "/sign-in/") || strings.HasPrefix(path, "/monitors/") && strings.HasSuffix(path, "/feed.atom")
}

// turnAway answers strangers where everything needs an account.
func turnAway(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/openapi.json" || r.URL.Path == "/openapi.yaml" || strings.HasSuffix(r.URL.Path, "/events"):
		refuse(w, http.StatusUnauthorized, "", needsAccount)
	default:
		toSignIn(w, r)
	}
}

// needsAccount is what strangers are told by the API.
const needsAccount = "this is for those who have an account: send a token of it, which /account makes, as Authorization: Bearer mt_…"

// refuse tells a program that it may not (RFC 6750, Section 3; RFC 9457).
func refuse(w http.ResponseWriter, status int, why, detail string) {
	h := w.Header()
	h.Set("WWW-Authenticate", strings.TrimSuffix(`Bearer realm="mailtls", `+why, ", "))
	h.Set("Cache-Control", "no-store")
	problem(w, status, detail)
}

// problem tells a program what is wrong (RFC 9457).
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}

func refuseScope(w http.ResponseWriter, scope string) {
	if scope == "" {
		refuse(w, http.StatusForbidden, `error="insufficient_scope"`, "no token is for this: it is for those who sign in with a browser")
		return
	}
	refuse(w, http.StatusForbidden, fmt.Sprintf(`error="insufficient_scope", scope="%s"`, scope), "this token is not for that: it would need the scope "+scope)
}

// cannotTell answers where the database did not say who asks.
func (s *server) cannotTell(w http.ResponseWriter, r *http.Request, err error) {
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		s.broken(w, r, err)
		return
	}
	s.Log.ErrorContext(r.Context(), "a request failed", "path", r.URL.Path, "error", err)
	status, detail := http.StatusInternalServerError, "something went wrong here: the log of the service says what"
	if store.Away(err) {
		status, detail = http.StatusServiceUnavailable, "the database of this service does not answer now: try again in a minute"
		w.Header().Set("Retry-After", retryAfter)
	}
	problem(w, status, detail)
}
