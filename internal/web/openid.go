package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/openid"
	"github.com/mailtls/mailtls/internal/store"
)

// OpenIDReturn is the path at which people come back from an OpenID provider.
const OpenIDReturn = "/sign-in/openid/return"

// ticketAge is for how long somebody may be at the provider.
const ticketAge = 15 * time.Minute

// ticketName is the name of the cookie that a browser has meanwhile.
func (s *server) ticketName(r *http.Request) string { return s.cookieName(r) + "-openid" }

func (s *server) setTicket(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: s.ticketName(r), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.encrypted(r), SameSite: http.SameSiteLaxMode})
}

// toProvider sends a browser to the provider.
func (s *server) toProvider(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !s.tries.admitFrom(s.from(r)) {
		s.tooOften(w, r)
		return
	}
	to, ticket, err := s.OpenID.Begin(r.Context())
	if err != nil {
		s.providerFailed(w, r, err)
		return
	}
	kept := url.Values{"state": {ticket.State}, "nonce": {ticket.Nonce}, "verifier": {ticket.Verifier}, "to": {inside(r.FormValue("to"))}}
	s.setTicket(w, r, base64.RawURLEncoding.EncodeToString([]byte(kept.Encode())), int(ticketAge/time.Second))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// fromProvider takes a browser back, and begins a session for whoever the provider says it is.
func (s *server) fromProvider(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !s.tries.admitFrom(s.from(r)) {
		s.tooOften(w, r)
		return
	}
	ticket, to := s.ticket(r)
	s.setTicket(w, r, "", -1) // it is good for once
	person, err := s.OpenID.Finish(r.Context(), ticket, r.URL.Query())
	if err != nil {
		s.providerFailed(w, r, err)
		return
	}
	a, err := s.accountFor(r, person)
	if err == nil {
		err = s.begin(w, r, a)
	}
	switch {
	case errors.Is(err, store.ErrNoAccount) && a != nil:
		s.note(r, a.ID, "sign-in failed", "by OpenID")
		s.showSignIn(w, r, http.StatusForbidden, signInView{To: to, Wrong: "This account is disabled."})
	case err != nil:
		s.broken(w, r, err)
	default:
		s.note(r, a.ID, "signed in", "by OpenID")
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

// ticket is what a browser kept, and where it wanted to go.
func (s *server) ticket(r *http.Request) (ticket openid.Ticket, to string) {
	c, err := r.Cookie(s.ticketName(r))
	if err != nil {
		return ticket, inside("")
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ticket, inside("")
	}
	kept, err := url.ParseQuery(string(text))
	if err != nil {
		return ticket, inside("")
	}
	return openid.Ticket{State: kept.Get("state"), Nonce: kept.Get("nonce"), Verifier: kept.Get("verifier")}, inside(kept.Get("to"))
}

func (s *server) tooOften(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	s.showSignIn(w, r, http.StatusTooManyRequests, signInView{To: inside(""), Wrong: "That was tried too often: wait a minute."})
}

// providerFailed shows that nobody was signed in. Why is for the log, where it is not the browser's own doing.
func (s *server) providerFailed(w http.ResponseWriter, r *http.Request, err error) {
	status, wrong := http.StatusForbidden, "You are not signed in: the other service did not confirm who you are, or that took too long. Try again."
	if !errors.Is(err, openid.ErrRefused) {
		status, wrong = http.StatusBadGateway, "The other service does not answer now: try again in a minute."
	}
	s.Log.WarnContext(r.Context(), "nobody was signed in by OpenID", "error", err, "from", addressOf(s.from(r)))
	s.showSignIn(w, r, status, signInView{To: inside(""), Wrong: wrong})
}

// accountFor returns the account of who has signed in at the provider, a new one at the first time.
func (s *server) accountFor(r *http.Request, p *openid.Person) (*store.Account, error) {
	ctx := r.Context()
	a, err := s.Store.AccountOf(ctx, p.Subject)
	if !errors.Is(err, store.ErrNoAccount) {
		return a, err
	}
	a, err = s.newAccount(ctx, p)
	if errors.Is(err, store.ErrTaken) { // by the same person, at the same time
		return s.Store.AccountOf(ctx, p.Subject)
	}
	if err == nil {
		s.note(r, a.ID, "account added", a.Name+", by OpenID")
	}
	return a, err
}

// Of accounts of one name the first get numbers, and further ones letters and digits at random, which nearly always fit at once.
const (
	sameNumbers = 4
	sameTries   = 8
)

// newAccount adds an account for somebody, by the name that the provider knows, with more behind it if another has it: it is not the account of that.
func (s *server) newAccount(ctx context.Context, p *openid.Person) (*store.Account, error) {
	name := accountName(p.Name)
	for n := 1; ; n++ {
		a := &store.Account{Name: name, Subject: p.Subject}
		switch {
		case n > sameNumbers:
			a.Name += "-" + strings.ToLower(rand.Text()[:6])
		case n > 1:
			a.Name += "-" + strconv.Itoa(n)
		}
		err := s.Store.AddAccount(ctx, a, time.Now())
		if !errors.Is(err, store.ErrTaken) || n == sameTries {
			return a, err
		}
		if _, known := s.Store.AccountOf(ctx, p.Subject); known == nil {
			return nil, store.ErrTaken
		}
	}
}

// longestGiven leaves room for what is put behind it.
const longestGiven = 57

// accountName makes the name of an account of what a provider says, which may be anything.
func accountName(said string) string {
	name := strings.Map(func(r rune) rune {
		if account.CheckName(string(r)) == nil || strings.ContainsRune(".-_@+", r) {
			return r
		}
		return -1
	}, said)
	if name = name[:min(len(name), longestGiven)]; account.CheckName(name) != nil {
		return "user"
	}
	return name
}
