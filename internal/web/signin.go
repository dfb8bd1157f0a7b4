package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// signInView is what the page shows where one signs in.
type signInView struct {
	Name, Wrong string
	To          string // where it leads
	Closed      bool   // everything needs an account
	OpenID      string // whom one may sign in by; empty: nobody
}

// accountPages adds the pages of accounts to mux.
func (s *server) accountPages(mux *http.ServeMux) {
	if !s.Auth {
		return
	}
	mux.HandleFunc("GET /sign-in", s.signInForm)
	mux.HandleFunc("POST /sign-in", s.signIn)
	if s.OpenID != nil {
		mux.HandleFunc("GET /sign-in/openid", s.toProvider)
		mux.HandleFunc("GET "+OpenIDReturn, s.fromProvider)
	}
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /account", s.signedIn(s.account))
	mux.HandleFunc("POST /account/password", s.signedIn(s.changePassword))
	mux.HandleFunc("POST /account/tokens", s.signedIn(s.addToken))
	mux.HandleFunc("POST /account/tokens/{id}/revoke", s.signedIn(s.revokeToken))
}

func (s *server) signInForm(w http.ResponseWriter, r *http.Request) {
	s.showSignIn(w, r, http.StatusOK, signInView{To: inside(r.FormValue("to"))})
}

func (s *server) showSignIn(w http.ResponseWriter, r *http.Request, status int, v signInView) {
	v.Closed = s.Closed
	if s.OpenID != nil {
		v.OpenID = s.OpenID.Host()
	}
	w.Header().Set("Cache-Control", "no-store")
	s.show(w, r, status, "sign_in", view{Title: "Sign in", Data: v})
}

// signIn takes a name and a password, and begins a session.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) {
	v := signInView{Name: r.PostFormValue("name"), To: inside(r.PostFormValue("to"))}
	a, err := s.tried(r, v.Name, r.PostFormValue("password"))
	if err == nil {
		err = s.begin(w, r, a)
	}
	switch {
	case errors.Is(err, errTries):
		w.Header().Set("Retry-After", "120")
		v.Wrong = tooManyTries
		s.showSignIn(w, r, http.StatusTooManyRequests, v)
	case errors.Is(err, store.ErrNoAccount):
		v.Wrong = "There is no account with this name and this password."
		s.showSignIn(w, r, http.StatusForbidden, v)
	case err != nil:
		s.broken(w, r, err)
	default:
		s.note(r, a.ID, "signed in", "")
		http.Redirect(w, r, v.To, http.StatusSeeOther)
	}
}

// errTries says that too many passwords were tried.
var errTries = errors.New("too many passwords were tried")

// tried returns the account of that name and password, or [store.ErrNoAccount] after the same time for whatever reason.
func (s *server) tried(r *http.Request, name, password string) (*store.Account, error) {
	if !s.tries.admit(s.from(r), name) {
		return nil, errTries
	}
	a, err := s.named(r.Context(), name)
	if err != nil {
		return nil, err
	}
	ok, err := s.hasher.Check(r.Context(), password, a.Password)
	switch {
	case err != nil:
		return nil, err
	case ok && !a.Disabled:
		return a, nil
	case a.ID != "":
		s.note(r, a.ID, "sign-in failed", "")
	case s.tries.worthANote():
		s.note(r, "", "sign-in failed", "a name that is not known") // which may be a password that went into the wrong field
	}
	return nil, store.ErrNoAccount
}

// named returns the account of that name, or an empty one.
func (s *server) named(ctx context.Context, name string) (*store.Account, error) {
	if account.CheckName(name) != nil {
		return new(store.Account), nil
	}
	a, err := s.Store.AccountNamed(ctx, name)
	if errors.Is(err, store.ErrNoAccount) {
		return new(store.Account), nil
	}
	return a, err
}

// signOut ends a session.
func (s *server) signOut(w http.ResponseWriter, r *http.Request) {
	if shown := s.shown(r); shown != "" {
		if err := s.Store.EndSession(r.Context(), account.Digest(shown)); err != nil {
			s.broken(w, r, err)
			return
		}
	}
	if v := visitorIn(r.Context()); v != nil {
		s.note(r, v.ID, "signed out", "")
	}
	s.setCookie(w, r, "", -1)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// inside is a path of this service, and of no other, that one may be led to; else the page of one's account.
func inside(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) ||
		strings.HasPrefix(u.Path, "/sign-") {
		return "/account"
	}
	return to
}
