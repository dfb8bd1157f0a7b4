package notify

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// maxKnown is how many certificates of a server are remembered, so that one which several machines of it show by turns is no change.
const maxKnown = 8

// certificates are those that servers show. The value is all that are remembered of a server.
func certificates(r *report.Report, told map[string]string) []aspect {
	shown, text := make(map[string][]string), make(map[string]string)
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		place := placeOf(e.Target)
		for _, c := range leaves(e.Endpoint) {
			id := report.Escape(fmt.Sprintf("%.16s", c.SHA256))
			if shown[place] = append(shown[place], id); !strings.Contains(told[certificateOf(place).key()], id) {
				text[place] = describe(c)
			}
		}
	}
	var out []aspect
	for _, place := range slices.Sorted(maps.Keys(shown)) {
		a := certificateOf(place)
		known := slices.Concat(strings.Fields(told[a.key()]), shown[place])
		slices.Sort(known)
		if known = slices.Compact(known); len(known) > maxKnown {
			slices.Sort(shown[place])
			known = slices.Compact(shown[place])
		}
		a.value, a.shown, a.text = strings.Join(known, " "), text[place], "shows a new certificate: "+text[place]
		out = append(out, a)
	}
	return out
}

func certificateOf(place string) aspect {
	return aspect{kind: Certificate, id: place, place: place, weight: 30}
}

func describe(c *evidence.Certificate) string {
	name := cmp.Or(c.Subject.CommonName, strings.Join(c.Names.DNS, ", "), "no name")
	issuer := cmp.Or(strings.TrimSpace(c.Issuer.Organization+" "+c.Issuer.CommonName), c.Issuer.DN, "nobody")
	return report.Escape(fmt.Sprintf("%s, issued by %s, until %s (SHA-256 %.16s)", cut(name), cut(issuer), date(c.NotAfter), c.SHA256))
}

// cut is text of which not too much is left for what follows it.
func cut(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "..."
	}
	return s
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// leaves are a server's own certificates, as far as they could be read.
func leaves(e *evidence.Endpoint) []*evidence.Certificate {
	var out []*evidence.Certificate
	for _, chain := range e.Facts.Certificates.Value {
		if len(chain.Certificates) == 0 {
			continue
		}
		if c := e.Blobs.Certificates[chain.Certificates[0]]; c != nil && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// Certificates are renewed when a third of their life is left, by most programs. They have a tenth of that third to do so before anybody
// is told, and nobody is told more than firstWarning before the end. Once more is told when lastWarning is left, or less of what lives
// but for some days.
const (
	firstWarning = 30 * 24 * time.Hour
	lastWarning  = 3 * 24 * time.Hour
)

// stage says whether a certificate should have been renewed by now: good, soon or last.
func stage(from, until, now time.Time) string {
	life, left := until.Sub(from), until.Sub(now)
	switch {
	case life <= 0:
		return good
	case left < min(lastWarning, life/10):
		return last
	case left < min(firstWarning, life*3/10):
		return soon
	}
	return good
}

// expiring is a certificate, with where it is shown.
type expiring struct {
	aspect
	places []string
}

// expiries are the certificates that servers show, and that of the policy of MTA-STS, each once. What has expired a finding tells.
func expiries(r *report.Report) []aspect {
	all := make(map[string]*expiring)
	add := func(id, place, name string, from, until, now time.Time) {
		if until.IsZero() || now.After(until) {
			return
		}
		a := aspect{kind: Expiry, id: id + " " + date(until), value: stage(from, until, now), weight: 65, shown: date(until)}
		a.text = fmt.Sprintf("the certificate of %s expires on %s, in %s, of %s that it lives", cut(name), date(until), days(until.Sub(now)), days(until.Sub(from)))
		x := all[a.key()]
		if x == nil {
			x = &expiring{aspect: a}
			all[a.key()] = x
		}
		if !slices.Contains(x.places, place) {
			x.places = append(x.places, place)
		}
	}
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		for _, c := range leaves(e.Endpoint) {
			add(fmt.Sprintf("%.16x", sha256.Sum256([]byte(c.SHA256))), placeOf(e.Target), cmp.Or(c.Subject.CommonName, strings.Join(c.Names.DNS, ", ")), c.NotBefore, c.NotAfter, e.At)
		}
	}
	for i := range r.Domains {
		d := r.Domains[i].Domain
		if c := d.Policy.Value.Certificate; c != nil && d.Policy.Seen() {
			add("mta-sts", "the host of the MTA-STS policy", d.Policy.Value.URL, c.From, c.Until, d.At)
		}
	}
	var out []aspect
	for _, key := range slices.Sorted(maps.Keys(all)) {
		x := all[key]
		x.text = report.Escape(x.text)
		x.place, x.sure = x.places[0], true
		if n := len(x.places) - 1; n > 0 {
			x.place += fmt.Sprintf(" and %d more", n)
		}
		x.fix = func() []string {
			return []string{"If a program renews it, that should have happened by now: look at its log. If it was renewed, have the server load it."}
		}
		out = append(out, x.aspect)
	}
	return out
}

func days(d time.Duration) string {
	n, unit := int(d/(24*time.Hour)), "day"
	if n < 2 {
		n, unit = int(d/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
