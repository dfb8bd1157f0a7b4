package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

// tokenForm is what somebody typed about a token.
type tokenForm struct {
	Name   string
	Scopes []string
	Days   string
}

// Has reports whether a scope is chosen.
func (f tokenForm) Has(scope string) bool { return slices.Contains(f.Scopes, scope) }

func newToken() tokenForm {
	return tokenForm{Scopes: []string{account.Read, account.Scan}, Days: "90"}
}

// tokenOf reads the form. What is wrong with it is told by field.
func tokenOf(f tokenForm, now time.Time) (*store.Token, map[string]string) {
	wrong := make(map[string]string)
	name, err := nameOf(f.Name, nil)
	if err != nil || name == "" {
		wrong["name"] = "Want a name by which you know the token again, of up to 100 characters."
	}
	t := &store.Token{Name: name}
	for _, scope := range account.Scopes() {
		if f.Has(scope) {
			t.Scopes = append(t.Scopes, scope)
		}
	}
	if len(t.Scopes) == 0 || len(t.Scopes) != len(f.Scopes) {
		wrong["scopes"] = "Choose what the token is for."
	}
	days, err := strconv.Atoi(f.Days)
	if err != nil || !slices.ContainsFunc(lives(), func(c choice) bool { return c.Value == f.Days }) {
		wrong["days"] = "Choose for how long."
	}
	t.Expires = now.Add(time.Duration(days) * 24 * time.Hour)
	return t, wrong
}

// tokenView is what the page of a new token shows, once.
type tokenView struct {
	*store.Token
	Secret string
}

func (s *server) addToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what cannot be read is missing
	v := visitorIn(r.Context())
	f := tokenForm{Name: r.PostFormValue("name"), Scopes: r.PostForm["scope"], Days: r.PostFormValue("days")}
	now := time.Now()
	t, wrong := tokenOf(f, now)
	t.Account = v.ID
	shown := account.NewToken()
	if len(wrong) == 0 {
		err := s.Store.AddToken(r.Context(), t, account.Digest(shown), now)
		if errors.Is(err, store.ErrTooMany) {
			wrong["name"] = sentence(err.Error())
		} else if err != nil {
			s.broken(w, r, err)
			return
		}
	}
	if len(wrong) > 0 {
		s.showAccount(w, r, http.StatusUnprocessableEntity, accountView{Form: f, Wrong: wrong})
		return
	}
	s.note(r, v.ID, "token made", t.Name)
	s.show(w, r, http.StatusOK, "token", view{Title: "New token", Data: tokenView{t, shown}})
}

func (s *server) revokeToken(w http.ResponseWriter, r *http.Request) {
	v := visitorIn(r.Context())
	t, err := s.Store.DeleteToken(r.Context(), v.ID, r.PathValue("id"))
	if errors.Is(err, store.ErrNoToken) {
		s.fail(w, r, http.StatusNotFound, "There is no such token.")
		return
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.note(r, v.ID, "token revoked", t.Name)
	http.Redirect(w, r, "/account?done=token", http.StatusSeeOther)
}
