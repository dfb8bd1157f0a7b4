package web

import (
	"context"
	"net/http"
	"net/url"
)

// visitor is somebody who is known: who has signed in, or has a token.
type visitor struct {
	account string // its ID
}

type visitorKey struct{}

// visitorIn is who asks; nil is a stranger.
func visitorIn(ctx context.Context) *visitor {
	v, _ := ctx.Value(visitorKey{}).(*visitor)
	return v
}

// owner is whose a request is: the account of who is signed in or has a token. Where there are no accounts, and whoever asks is on this machine,
// all is of the account "". Strangers have nothing of their own.
func (s *server) owner(r *http.Request) (account string, ok bool) {
	return s.ownerIn(r.Context(), proxied(r))
}

// ownerIn is [server.owner] for calls of the API. forwarded tells whether a proxy asks for somebody else.
func (s *server) ownerIn(ctx context.Context, forwarded bool) (account string, ok bool) {
	if s.Auth {
		if v := visitorIn(ctx); v != nil {
			return v.account, true
		}
		return "", false
	}
	return "", s.Hooks != nil && !forwarded
}

// signedIn leads strangers to the page where one signs in, and from there back to where they wanted to go. Where there are no accounts, they are told so.
func (s *server) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.owner(r); ok {
			next(w, r)
			return
		}
		if !s.Auth {
			s.fail(w, r, http.StatusForbidden, noMonitors)
			return
		}
		s.toSignIn(w, r)
	}
}

// toSignIn leads to the page where one signs in.
func (s *server) toSignIn(w http.ResponseWriter, r *http.Request) {
	to := "/sign-in"
	if r.Method == http.MethodGet {
		to += "?" + url.Values{"to": {r.URL.RequestURI()}}.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}
