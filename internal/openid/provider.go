package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is how a provider knows us.
type Config struct {
	Issuer   string
	ClientID string
	Secret   string // empty: there is none, and PKCE has to do
	Redirect string // where people come back to
	Private  []netip.Prefix
}

// Provider is an OpenID provider. It may be used by several goroutines.
type Provider struct {
	Config
	mu    sync.Mutex
	known *oidc.Provider // nil: it was not asked yet, or did not answer
}

// New returns a provider, which is asked about itself when somebody first signs in.
func New(cfg Config) (*Provider, error) {
	u, err := url.Parse(cfg.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || len(cfg.Private) == 0) {
		return nil, errors.New("want the address of an OpenID provider, such as https://id.example.org")
	}
	return &Provider{Config: cfg}, nil
}

// Host is whom people sign in with.
func (p *Provider) Host() string {
	u, err := url.Parse(p.Issuer)
	if err != nil {
		return ""
	}
	return u.Host
}

// discovered is what the provider says of itself (OpenID Connect Discovery 1.0). ctx has the client to ask by.
func (p *Provider) discovered(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("asking %s about itself: %w", p.Issuer, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = known
	return known, nil
}

// asking is a context that has the client by which the provider is asked.
func (p *Provider) asking(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, guarded(p.Private, p.plain()))
}

// plain reports whether the provider is asked without TLS.
func (p *Provider) plain() bool { return strings.HasPrefix(p.Issuer, "http:") }

func (p *Provider) client(known *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: known.Endpoint(), RedirectURL: p.Redirect, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// Ticket is what a browser keeps while its user is at the provider, and nobody else is to know.
type Ticket struct{ State, Nonce, Verifier string }

// Begin returns where to send a browser, and what it is to keep.
func (p *Provider) Begin(ctx context.Context) (to string, ticket Ticket, err error) {
	ctx = p.asking(ctx)
	known, err := p.discovered(ctx)
	if err != nil {
		return "", Ticket{}, err
	}
	if u, err := url.Parse(known.Endpoint().AuthURL); err != nil || !p.plain() && u.Scheme != "https" {
		return "", Ticket{}, errPlain
	}
	ticket = Ticket{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return p.client(known).AuthCodeURL(ticket.State, oidc.Nonce(ticket.Nonce), oauth2.S256ChallengeOption(ticket.Verifier)), ticket, nil
}

// Person is who has signed in.
type Person struct {
	Subject string // who it is, for this provider and for good
	Name    string // what it is called, which may change and be anything
}

// ErrRefused says that the provider, or whoever was to sign in there, did not want to.
var ErrRefused = errors.New("the provider has not signed anybody in")

// Finish reads what a browser brings back from the provider, with what it kept.
func (p *Provider) Finish(ctx context.Context, ticket Ticket, brought url.Values) (*Person, error) {
	state, iss := brought.Get("state"), brought.Get("iss")
	switch {
	case ticket.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(ticket.State)) != 1:
		return nil, fmt.Errorf("%w: this browser has not asked for it, or too long ago", ErrRefused)
	case iss != "" && iss != p.Issuer: // RFC 9207, Section 2.4
		return nil, fmt.Errorf("%w: another provider answers", ErrRefused)
	case brought.Get("error") != "":
		return nil, fmt.Errorf("%w: it says %.100q", ErrRefused, brought.Get("error"))
	}
	ctx = p.asking(ctx)
	known, err := p.discovered(ctx)
	if err != nil {
		return nil, err
	}
	got, err := p.client(known).Exchange(ctx, brought.Get("code"), oauth2.VerifierOption(ticket.Verifier))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	raw, _ := got.Extra("id_token").(string)
	return p.person(ctx, known, raw, ticket.Nonce)
}

// maxSubject is how long a subject may be (OpenID Connect Core 1.0, Section 2).
const maxSubject = 255

// person reads an ID token.
func (p *Provider) person(ctx context.Context, known *oidc.Provider, raw, nonce string) (*Person, error) {
	token, err := known.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if token.Subject == "" || len(token.Subject) > maxSubject || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return nil, fmt.Errorf("%w: what it signed is not for this browser", ErrRefused)
	}
	var claims struct {
		Name  string `json:"preferred_username"`
		Email string `json:"email"`
	}
	if err := token.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if claims.Name == "" {
		claims.Name = claims.Email
	}
	return &Person{Subject: p.Issuer + " " + token.Subject, Name: claims.Name}, nil
}
