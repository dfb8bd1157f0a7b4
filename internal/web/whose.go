package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/mailtls/mailtls/internal/store"
)

// visitor is somebody who is known: who has signed in, or has a token.
type visitor struct {
	*store.Account
	token   *store.Token // nil: it is a session
	session string       // the digest of what the browser has
	from    string       // the address
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
	if !s.Auth && proxied(r) {
		return "", false
	}
	return s.ownerIn(r.Context())
}

// ownerIn is [server.owner] for calls of the API, where [server.guard] has looked for proxies.
func (s *server) ownerIn(ctx context.Context) (account string, ok bool) {
	if !s.Auth {
		return "", s.Hooks != nil
	}
	v := visitorIn(ctx)
	if v == nil {
		return "", false
	}
	return v.ID, true
}

// signedIn leads strangers to the page where one signs in, and from there back to where they wanted to go. Where there are no accounts, they are told so.
func (s *server) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, ok := s.owner(r)
		switch {
		case ok:
			w.Header().Set("Cache-Control", "no-store")
			next(w, r)
		case s.Auth:
			toSignIn(w, r)
		default:
			s.fail(w, r, http.StatusForbidden, without(r))
		}
	}
}

// without is why there is nothing of one's own where there are no accounts.
func without(r *http.Request) string {
	if strings.Contains(r.URL.Path, "/campaigns") {
		return noCampaigns
	}
	return noMonitors
}

// disabled is what whoever asks is told when the account is no more meanwhile.
const disabled = "this account is disabled, or was removed"

// toSignIn leads to the page where one signs in.
func toSignIn(w http.ResponseWriter, r *http.Request) {
	to := "/sign-in"
	if r.Method == http.MethodGet {
		to += "?" + url.Values{"to": {r.URL.RequestURI()}}.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}
