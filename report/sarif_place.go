package report

import (
	"net/url"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// sarifPlace is a domain or an endpoint, at which results stand.
type sarifPlace struct {
	uri, name   string
	properties  []string // names and values in turn
	sha256      string   // of the evidence
	fingerprint func(check string) string
	judged      Judged
	findings    []check.Finding
	others      []Opinion
}

// sarifPlaces are the domains of r, then its endpoints.
func sarifPlaces(r *Report) []sarifPlace {
	var out []sarifPlace
	for _, d := range r.Domains {
		out = append(out, sarifPlace{
			uri: "dns:" + url.PathEscape(d.Name), name: d.Name, // RFC 4501
			properties:  []string{"domain", d.Name, "resolver", d.Resolver},
			sha256:      d.SHA256,
			fingerprint: func(check string) string { return fingerprintOf("%q %q %q", "domain", d.Name, check) },
			judged:      d.Judged, findings: d.Findings, others: d.Others,
		})
	}
	for _, e := range r.Endpoints {
		p := sarifPlace{
			uri: uriOf(e.Target), name: name(e.Target), properties: []string{"address", e.Target.Address, "source", e.Source}, sha256: e.SHA256,
			fingerprint: func(check string) string { return fingerprint(e.Target, check) },
			judged:      e.Judged, findings: e.Findings, others: e.Others,
		}
		if e.Target.Resolver != "" {
			p.properties = append(p.properties, "resolver", e.Target.Resolver)
		}
		out = append(out, p)
	}
	return out
}

// fingerprint names a finding about an endpoint.
func fingerprint(t evidence.Target, check string) string {
	return fingerprintOf("%q %q %d %q %q", t.Protocol, t.Host, t.Port, t.Address, check)
}
