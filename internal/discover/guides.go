package discover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

const (
	maxGuide     = 64 << 10         // bytes of a document
	guideTime    = 10 * time.Second // for one document, all of it
	guideFollows = 3                // redirects
)

// guided is what documents say.
type guided struct {
	guides   []evidence.Guide
	services []evidence.MailService
}

// A place is where a document may be, and how it is read.
type place struct {
	source evidence.Source
	wish   wish
	read   func(text []byte, domain string) ([]evidence.MailService, error)
}

// autoconfig asks for the document by which Thunderbird and others set themselves up, at the places of the domain's own and in their
// order (https://www.bucksch.org/1/projects/thunderbird/autoconfiguration/). Over HTTP they ask where there is none over HTTPS.
func (s *survey) autoconfig(ctx context.Context) guided {
	at := func(scheme string) []place {
		var list []place
		for _, address := range []string{"autoconfig." + s.d.Name + "/mail", s.d.Name + "/.well-known/autoconfig/mail"} {
			list = append(list, place{evidence.ByAutoconfig, wish{url: scheme + "://" + address + "/config-v1.1.xml", redirects: guideFollows}, readAutoconfig})
		}
		return list
	}
	g := s.first(ctx, at("https"))
	if len(g.services) > 0 || ctx.Err() != nil {
		return g
	}
	plain := s.first(ctx, at("http"))
	return guided{append(g.guides, plain.guides...), plain.services}
}

// autodiscover asks for the document by which Outlook and others set themselves up ([MS-OXDSCLI]), for the postmaster, whom every
// domain has (RFC 5321, Section 4.5.1). There is no password to send: a server that wants one tells nothing.
func (s *survey) autodiscover(ctx context.Context) guided {
	question := fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">`+
		`<Request><EMailAddress>postmaster@%s</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>`, s.d.Name)
	hosts := []string{"autodiscover." + s.d.Name}
	if a, err := s.cfg.Resolver.Lookup(ctx, "_autodiscover._tcp."+fqdn(s.d.Name), resolve.SRV); err == nil {
		for _, one := range a.Services() {
			if one.Port == 443 && hostName(bare(one.Host)) != "" && bare(one.Host) != hosts[0] {
				hosts = append(hosts, bare(one.Host))
				break
			}
		}
	}
	var list []place
	for _, h := range hosts {
		list = append(list, place{evidence.ByAutodiscover, wish{url: "https://" + h + "/autodiscover/autodiscover.xml", post: question, redirects: guideFollows}, readAutodiscover})
	}
	return s.first(ctx, list)
}

// first asks at all places at once, and takes what the first of them says that says anything.
func (s *survey) first(ctx context.Context, places []place) guided {
	lists := make([][]evidence.MailService, len(places))
	g := guided{guides: make([]evidence.Guide, len(places))}
	var questions []func()
	for i, p := range places {
		questions = append(questions, func() {
			list, err := s.read(ctx, p)
			g.guides[i] = evidence.Guide{Source: p.source, URL: p.wish.url, Services: len(list)}
			if err != nil {
				g.guides[i].Fault = err.Error()
			}
			lists[i] = list
		})
	}
	s.together(questions...)
	for i := range places {
		if len(lists[i]) > 0 {
			g.services = lists[i]
			break
		}
	}
	return g
}

// read fetches one document, and reads it.
func (s *survey) read(ctx context.Context, p place) ([]evidence.MailService, error) {
	p.wish.limit, p.wish.timeout = maxGuide, guideTime
	if t := s.cfg.Fetch.Timeout; t > 0 {
		p.wish.timeout = min(t, guideTime)
	}
	got, err := s.cfg.Fetch.fetch(ctx, s.cfg.Resolver, p.wish)
	switch {
	case err != nil:
		return nil, err
	case got.code == http.StatusUnauthorized:
		return nil, errors.New("the server wants to know who asks (401)")
	case got.code != http.StatusOK:
		return nil, fmt.Errorf("the server answers %.60s", got.status)
	case len(got.body) > maxGuide:
		return nil, fmt.Errorf("the document has more than %d bytes", maxGuide)
	}
	list, err := p.read(got.body, s.d.Name)
	for i := range list {
		list[i].Source, list[i].Insecure = p.source, strings.HasPrefix(p.wish.url, "http:")
		list[i].DNSSEC = evidence.Vouch{Status: string(resolve.Indeterminate), Why: "a document names it, not the DNS"}
	}
	return list, err
}
