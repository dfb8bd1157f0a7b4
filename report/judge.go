package report

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Judge returns the evidence of r judged anew, by p and by others, as of the time at; the zero time is that of each
// endpoint's scan, and of each domain's look-up. The evidence stays as it is. So does what was decided while it was gathered,
// above all whether a chain leads to a trusted root, and what senders do because of it: where another time may change that, it
// counts as not decided.
func Judge(r *Report, p *policy.Policy, others []*policy.Policy, at time.Time) *Report {
	out := *r
	out.Endpoints = make([]Endpoint, len(r.Endpoints))
	all := make([]*evidence.Endpoint, len(r.Endpoints))
	for i, e := range r.Endpoints {
		all[i] = e.Endpoint
	}
	hosts := check.NewHosts(all...)
	for i, e := range all {
		out.Endpoints[i] = judgeAt(subjectOf(r.Run, hosts.Subject(e)), p, others, at)
	}
	out.Domains = []Domain{}
	for _, d := range r.Domains {
		out.Domains = append(out.Domains, judgeDomain(d.Domain, &out, p, others, at))
	}
	out.Notes = notesOn(out.Endpoints)
	return &out
}

func judgeAt(s *check.Subject, p *policy.Policy, others []*policy.Policy, at time.Time) Endpoint {
	e := s.Endpoint
	elsewhen := !at.IsZero() && !at.Equal(e.At)
	if elsewhen {
		s.Endpoint = seenAt(e, at)
	}
	s = s.Remembering()
	out := judge(s, p)
	for _, other := range others {
		out.Others = append(out.Others, opinionOf(s, other))
	}
	out.SHA256 = EvidenceSHA256(e)
	if out.Endpoint = e; elsewhen {
		out.Judged.At = at.UTC()
	}
	return out
}

// seenAt returns e as if it had been gathered at another time.
func seenAt(e *evidence.Endpoint, at time.Time) *evidence.Endpoint {
	out := *e
	out.At = at
	chains := slices.Clone(e.Facts.Certificates.Value)
	for i, c := range chains {
		if c.Trust != nil {
			chains[i].Trust = trustAt(c, e.Blobs.Certificates, at)
		}
	}
	out.Facts.Certificates.Value = chains
	return &out
}

// trustAt is what holds of the trust in a chain at another time: reasons against it that are no dates; else that there is
// none, unless a date was a reason, or a certificate above the server's own is out of its dates by now. Then it is not
// decided (nil).
func trustAt(c evidence.Chain, certificates map[string]*evidence.Certificate, at time.Time) *evidence.TrustResult {
	out := *c.Trust
	out.Reasons = slices.DeleteFunc(slices.Clone(out.Reasons), isDate)
	dated := len(out.Reasons) < len(c.Trust.Reasons)
	if len(out.Reasons) == 0 && (dated || outOfDate(c, certificates, at)) {
		return nil
	}
	return &out
}

func isDate(r evidence.TrustReason) bool {
	return r == evidence.ExpiredPath || r == evidence.NotYetValid
}

// outOfDate reports whether a certificate that was sent above the server's own, or that its path to a root goes through, is
// not valid at a time.
func outOfDate(c evidence.Chain, certificates map[string]*evidence.Certificate, at time.Time) bool {
	own := ""
	above := slices.Clone(c.Trust.Path)
	if len(c.Certificates) > 0 {
		own = c.Certificates[0]
		above = append(above, c.Certificates[1:]...)
	}
	for key, x := range certificates {
		if x != nil && key != own && (slices.Contains(above, key) || slices.Contains(above, x.SHA256)) &&
			(at.After(x.NotAfter) || at.Before(x.NotBefore)) {
			return true
		}
	}
	return false
}
