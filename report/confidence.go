package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
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

// A quality is what points are given for.
type quality struct {
	points    int
	yes, no   string
	of        func(*evidence.Domain, evidence.Hop, *evidence.Endpoint) evidence.Answer
	encrypted bool // there is none without encryption
}

func qualities() []quality {
	return []quality{
		{40, "it encrypts", "it does not encrypt", encrypts, false},
		{20, "TLS 1.2 or newer", "nothing newer than TLS 1.1", modern, true},
		{20, "its certificate holds", "its certificate does not hold", holds, true},
		{20, "DANE or MTA-STS make senders insist on it", "nothing makes senders insist on it", insisted, true},
	}
}

func encrypts(_ *evidence.Domain, _ evidence.Hop, e *evidence.Endpoint) evidence.Answer {
	switch {
	case e == nil:
		return evidence.Unsure
	case evidence.Is(e.Facts.Reachable) == evidence.No:
		return evidence.No
	case e.Facts.STARTTLS.State != evidence.Known:
		return evidence.Unsure
	case e.Facts.STARTTLS.Value.Works:
		return evidence.Yes
	}
	return evidence.No
}

func modern(_ *evidence.Domain, _ evidence.Hop, e *evidence.Endpoint) evidence.Answer {
	return evidence.Any(e.Facts.Versions, func(v tlswire.Version) bool { return v == tlswire.TLS12 || v == tlswire.TLS13 })
}

// holds asks for certificates that authorities or DANE vouch for.
func holds(_ *evidence.Domain, h evidence.Hop, e *evidence.Endpoint) evidence.Answer {
	f := e.Facts.Certificates
	if h.DANE.Outcome == evidence.Authenticated {
		return evidence.Yes
	}
	if !f.Seen() || len(f.Value) == 0 {
		return evidence.Unsure
	}
	trusted := true
	for _, c := range f.Value {
		switch {
		case c.WithoutSNI && !c.WithSNI:
		case c.Trust == nil:
			return evidence.Unsure
		case !c.Trust.Trusted:
			trusted = false
		}
	}
	switch {
	case trusted && f.State == evidence.Known:
		return evidence.Yes
	case !trusted && h.DANE.Outcome != evidence.Undecided:
		return evidence.No
	}
	return evidence.Unsure
}

// insisted asks whether any senders deliver only to whom they have made sure of.
func insisted(d *evidence.Domain, h evidence.Hop, _ *evidence.Endpoint) evidence.Answer {
	sts := h.STS.Outcome
	if d.Policy.Seen() && d.Policy.Value.Mode != "enforce" {
		sts = evidence.Opportunistic
	}
	switch {
	case h.DANE.Outcome == evidence.Authenticated || sts == evidence.Authenticated:
		return evidence.Yes
	case h.DANE.Outcome == evidence.Undecided || sts == evidence.Undecided:
		return evidence.Unsure
	}
	return evidence.No
}

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
	lacks := ""
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
			why = exchangerName(host) + ": " + openReason(h, e)
		}
	}
	switch {
	case lacks != "" && p.Points > 0:
		p.Text = fmt.Sprintf("%s, at %d of %d addresses", q.yes, p.Points, p.Of)
	case lacks != "":
		p.Text = lacks
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

// counts reports whether senders may go there. Where no address is known there may be one.
func counts(h evidence.Hop) bool { return h.DANE.Cause != evidence.NoAddress }

// weigh gives the exchangers of the best preference half of the weight of all that follow, and so on: as much as 1, 1/2, 1/4 … to
// each preference, shared by its exchangers. The sum is 1. Exchangers without an address take no mail, and weigh nothing.
func weigh(d *evidence.Domain) map[string]float64 {
	byPreference := map[int][]string{}
	for _, h := range d.Hops {
		if counts(h) && !slices.Contains(byPreference[h.Preference], h.Host) {
			byPreference[h.Preference] = append(byPreference[h.Preference], h.Host)
		}
	}
	var preferences []int
	for p := range byPreference {
		preferences = append(preferences, p)
	}
	slices.Sort(preferences)
	out, sum := map[string]float64{}, 0.0
	for i, p := range preferences {
		weight := math.Pow(0.5, float64(i))
		sum += weight
		hosts := byPreference[p]
		of := len(hosts)
		if slices.Contains(hosts, "") { // which stands for all that are left out
			of += d.Exchange.Value.LeftOut - 1
		}
		for _, host := range hosts {
			share := 1
			if host == "" {
				share = d.Exchange.Value.LeftOut
			}
			out[host] += weight * float64(share) / float64(of)
		}
	}
	for host := range out {
		out[host] /= sum
	}
	return out
}

func hostsInOrder(d *evidence.Domain) []string {
	var out []string
	for _, h := range d.Hops {
		if !slices.Contains(out, h.Host) {
			out = append(out, h.Host)
		}
	}
	return out
}

// share is that part of whole, rounded down so that more is never said than is so.
func share(whole, part, of int) int {
	if of == 0 {
		return 0
	}
	return whole * part / of
}

// rounded returns whole numbers that are near to the exact ones and add up to sum: the largest remainders are rounded up.
func rounded(exact []float64, sum int) []int {
	out, order := make([]int, len(exact)), make([]int, len(exact))
	for i, x := range exact {
		out[i], order[i] = int(math.Floor(x+1e-9)), i
		sum -= out[i]
	}
	sort.SliceStable(order, func(a, b int) bool {
		return exact[order[a]]-float64(out[order[a]]) > exact[order[b]]-float64(out[order[b]])
	})
	for _, i := range order[:max(0, min(sum, len(order)))] {
		out[i]++
	}
	return out
}
