package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// deedsLength is how much of what an account did its page shows.
const deedsLength = 50

// accountView is what the page of an account shows.
type accountView struct {
	*store.Account
	Tokens   []store.Token
	Deeds    []store.Deed
	Now      time.Time
	Record   string // by which a domain shows that the account may watch it
	Unproven int    // targets may be watched without
	Scopes   []scopeChoice
	Days     []choice
	Form     tokenForm
	Wrong    map[string]string // by field
	Told     string            // what was done
}

type scopeChoice struct{ Name, Text string }

func scopes() []scopeChoice {
	return []scopeChoice{{account.Read, "reports, where not all may read them"}, {account.Scan, "order scans"}, {account.Monitor, "all about monitors"}, {account.Campaign, "all about campaigns"}}
}

func lives() []choice { return []choice{{"30", "30 days"}, {"90", "90 days"}, {"365", "a year"}} }

func (s *server) account(w http.ResponseWriter, r *http.Request) {
	told := map[string]string{"password": "The password is changed. Other browsers that were signed in are so no more.", "token": "The token is revoked."}[r.FormValue("done")]
	s.showAccount(w, r, http.StatusOK, accountView{Form: newToken(), Told: told})
}

func (s *server) showAccount(w http.ResponseWriter, r *http.Request, status int, v accountView) {
	v.Account = visitorIn(r.Context()).Account
	tokens, err := s.Store.Tokens(r.Context(), v.ID)
	deeds, err2 := s.Store.Deeds(r.Context(), v.ID, deedsLength)
	if err := errors.Join(err, err2); err != nil {
		s.broken(w, r, err)
		return
	}
	v.Tokens, v.Deeds, v.Now, v.Scopes, v.Days = tokens, deeds, time.Now(), scopes(), lives()
	v.Record, v.Unproven = account.Record("example.org", v.Code), store.MaxUnproven
	s.show(w, r, status, "account", view{Title: "Account " + v.Name, Data: v})
}

// changePassword takes another password from who knows the one before. All sessions end, and this browser has a new one.
func (s *server) changePassword(w http.ResponseWriter, r *http.Request) {
	v := visitorIn(r.Context())
	fresh := r.PostFormValue("new")
	if wrong := s.wrongPassword(r, v, fresh); len(wrong) > 0 {
		status := http.StatusUnprocessableEntity
		if wrong["current"] == tooManyTries {
			status = http.StatusTooManyRequests
		}
		s.showAccount(w, r, status, accountView{Form: newToken(), Wrong: wrong})
		return
	}
	a := *v.Account
	var err error
	if a.Password, err = s.hasher.Hash(r.Context(), fresh); err == nil {
		err = s.Store.SetPassword(r.Context(), a.ID, a.Password)
	}
	if err == nil {
		err = s.begin(w, r, &a)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.note(r, a.ID, "password changed", "")
	http.Redirect(w, r, "/account?done=password", http.StatusSeeOther)
}

// wrongPassword says by field why a password cannot be changed.
func (s *server) wrongPassword(r *http.Request, v *visitor, fresh string) map[string]string {
	if err := account.CheckPassword(fresh, v.Name); err != nil {
		return map[string]string{"new": sentence(err.Error())}
	}
	if fresh != r.PostFormValue("again") {
		return map[string]string{"again": "This is not the same."}
	}
	_, err := s.tried(r, v.Name, r.PostFormValue("current"))
	switch {
	case errors.Is(err, errTries):
		return map[string]string{"current": tooManyTries}
	case errors.Is(err, store.ErrNoAccount):
		return map[string]string{"current": "This is not the password."}
	case err != nil:
		s.Log.ErrorContext(r.Context(), "a request failed", "path", r.URL.Path, "error", err)
		return map[string]string{"current": "This could not be looked up: try again in a minute."}
	}
	return nil
}
