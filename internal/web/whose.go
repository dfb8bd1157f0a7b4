package web

import (
	"context"
	"net/http"
)

// owner is whose a request is. There are no accounts yet: what whoever is on this machine asks for is of the account "". Strangers have nothing of
// their own.
func (s *server) owner(r *http.Request) (account string, ok bool) {
	if proxied(r) {
		return "", false
	}
	return s.ownerIn(r.Context())
}

// ownerIn is [server.owner] for calls of the API, where [server.guard] has looked for proxies.
func (s *server) ownerIn(context.Context) (account string, ok bool) {
	return "", s.Hooks != nil
}

// signedIn keeps strangers out.
func (s *server) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.owner(r); !ok {
			s.fail(w, r, http.StatusForbidden, noMonitors)
			return
		}
		next(w, r)
	}
}
