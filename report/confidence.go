package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// Confidence is how sure one can be that mail to a domain arrives encrypted and at nobody else's, as one number of 100. Exchangers
// weigh by their preference. It has no part in the verdict; docs/domains.md tells how it is made.
type Confidence struct {
	Given  bool              `json:"given"`         // false: too much is not known, and Score is no more than a lower bound
	Score  int               `json:"score"`         // the sum of what is sure
	AtBest int               `json:"at_best"`       // the same with what is not known; equal to Score if all is
	Why    string            `json:"why,omitempty"` // why not all is known
	Points []ConfidencePoint `json:"points"`        // what makes the score; Of adds up to 100
}

// ConfidencePoint is what one exchanger gives to it for one thing.
type ConfidencePoint struct {
	Text   string `json:"text"`
	Host   string `json:"host"`
	Points int    `json:"points"`
	Open   int    `json:"open,omitempty"` // as many more if what is not known is well
	Of     int    `json:"of"`             // as many as there are to get
}

// mostOpen is how many points may be open before no number is given.
const mostOpen = 50

// confidenceOf adds the points up. Nil: nothing takes mail for the domain, or that is not known.
func confidenceOf(d *evidence.Domain, endpoints []*evidence.Endpoint) *Confidence {
	weights := weigh(d)
	if len(weights) == 0 {
		return nil
	}
	out := &Confidence{Points: []ConfidencePoint{}}
	var exact []float64
	for _, host := range hostsInOrder(d) {
		if weights[host] == 0 {
			continue
		}
		for _, q := range qualities() {
			p, why := q.rate(d, host, endpoints)
			exact = append(exact, weights[host]*float64(q.points))
			if out.Points = append(out.Points, p); out.Why == "" {
				out.Why = why
			}
		}
	}
	whole := rounded(exact, 100)
	for i := range out.Points {
		p := &out.Points[i]
		good, open := p.Points, p.Open // of as many addresses as Of says
		if p.Points, p.Open = share(whole[i], good, p.Of), share(whole[i], open, p.Of); good+open == p.Of && open > 0 {
			p.Open = whole[i] - p.Points
		}
		p.Of = whole[i]
		out.Score, out.AtBest = out.Score+p.Points, out.AtBest+p.Points+p.Open
	}
	out.Given = out.AtBest-out.Score <= mostOpen
	return out
}

// rate counts the addresses of a host: those that have the quality, those of which that is not known, and all.
func (q quality) rate(d *evidence.Domain, host string, endpoints []*evidence.Endpoint) (p ConfidencePoint, why string) {
	p = ConfidencePoint{Host: exchangerName(host), Text: q.yes}
	lacks, refused := "", 0
	for _, h := range d.Hops {
		if h.Host != host || !counts(h) {
			continue
		}
		p.Of++
		e := incoming(endpoints, h)
		a := encrypts(d, h, e)
		if a == evidence.Yes {
			a = q.of(d, h, e)
		}
		switch a {
		case evidence.Yes:
			p.Points++
		case evidence.No:
			lacks = q.no
			if q.encrypted && encrypts(d, h, e) == evidence.No {
				lacks = "it does not encrypt"
			}
		default:
			p.Open++
			if refuses(e) {
				refused++
			}
			why = exchangerName(host) + ": " + openReason(h, e)
		}
	}
	switch {
	case lacks != "" && p.Points > 0:
		p.Text = fmt.Sprintf("%s, at %d of %d addresses", q.yes, p.Points, p.Of)
	case lacks != "":
		p.Text = lacks
	case p.Open > 0 && refused == p.Of:
		p.Text = "not known: it refuses connections"
	case p.Open > 0:
		p.Text = "not known whether " + lower(q.yes)
	}
	return p, why
}

// lower makes the text fit behind "whether".
func lower(text string) string {
	if strings.HasPrefix(text, "TLS") {
		return "it speaks " + text
	}
	return text
}

func openReason(h evidence.Hop, e *evidence.Endpoint) string {
	switch {
	case !h.Address.IsValid():
		return cmp.Or(h.DANE.Why, "none of its addresses is known")
	case e == nil:
		return "it was not scanned"
	case refuses(e):
		return "it refuses connections"
	case e.Facts.STARTTLS.State != evidence.Known && e.Facts.STARTTLS.Why != "":
		return e.Facts.STARTTLS.Why
	case h.DANE.Outcome == evidence.Undecided:
		return h.DANE.Why
	case h.STS.Outcome == evidence.Undecided:
		return h.STS.Why
	}
	return e.Facts.Certificates.Why + e.Facts.Versions.Why
}

func incoming(endpoints []*evidence.Endpoint, h evidence.Hop) *evidence.Endpoint {
	for _, e := range endpoints {
		if e.Target.Protocol == "smtp" && e.Target.Port == 25 && e.Target.Host == h.Host && e.Target.Address == h.Address.String() {
			return e
		}
	}
	return nil
}
