package probe

import (
	"reflect"
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

func deriveIntolerances(d *deriver) {
	if d.none(hasExtensions) && len(d.spoken()) > 0 && d.longLists == evidence.Unsure {
		d.facts.Intolerances = inapplicable[[]evidence.Intolerance]("hellos of SSL have no extensions to vary")
		return
	}
	var value, open []evidence.Intolerance
	var from []string
	for _, t := range tolerated {
		answer, shows := d.tolerates(t.variant, "tolerance-"+string(t.fails))
		from = append(from, shows...)
		switch answer {
		case evidence.Yes:
		case evidence.No:
			value = append(value, t.fails)
		default:
			if !(t.variant == evidence.HigherVersion && d.none(old) && len(d.spoken()) > 0) {
				open = append(open, t.fails)
			}
		}
	}
	switch d.longLists {
	case evidence.No:
		value = append(value, evidence.IntoleratesLongLists)
	case evidence.Unsure:
		if !d.none(old) {
			open = append(open, evidence.IntoleratesLongLists)
		}
	}
	decided := len(from) > 0 || d.longLists == evidence.No
	d.facts.Intolerances = setFact(d, value, open, decided, once(from, d.fromLongLists())...)
}

// tolerates reports whether a hello with variant x is taken: No only if it failed alone, more than once, while the server was
// well. Where hellos that are known to be taken got lost too, silence and hanging up tell nothing. From are the connections
// that show it.
func (d *deriver) tolerates(x evidence.Variant, question string) (a evidence.Answer, from []string) {
	for i := range d.replies {
		if r := &d.replies[i]; r.kind == accepted && d.shows(r.offer, x) || d.readShort(r, x) {
			return evidence.Yes, []string{r.id}
		}
	}
	for i := range d.replies {
		r := &d.replies[i]
		if questionOf(r.id) == question && (r.kind == refused || r.end <= d.lastAccept && !d.losesPlain() && (r.kind == closed || d.silent(r.id))) {
			from = append(from, r.id)
		}
	}
	if len(from) >= d.convincing() {
		return evidence.No, from
	}
	return evidence.Unsure, nil
}

// fromLongLists points at a suite behind the first 64 that was chosen, or at the refusal of them all.
func (d *deriver) fromLongLists() []string {
	read := func(r *reply) bool {
		return r.kind == accepted && (r.offer.Has(evidence.UnknownFirst) || slices.Index(r.suites, r.suite) >= 64)
	}
	unread := func(r *reply) bool { return r.kind == refused && questionOf(r.id) == "long-lists" }
	switch d.longLists {
	case evidence.Yes:
		return d.last(read)
	case evidence.No:
		return d.last(unread)
	}
	return nil
}

// losesPlain reports whether an offer without variants was not answered in one connection, and was in another.
func (d *deriver) losesPlain() bool {
	return slices.ContainsFunc(d.replies, func(r reply) bool {
		return r.kind < refused && !r.finished && plain(r.offer) && slices.ContainsFunc(d.replies, func(other reply) bool {
			return other.kind >= refused && other.offer.Version == r.offer.Version && reflect.DeepEqual(other.offer, r.offer)
		})
	})
}

// silent reports whether the server did not answer the hello of this observation in time.
func (d *deriver) silent(id string) bool {
	i := slices.IndexFunc(d.ep.Observations, func(o evidence.Observation) bool { return o.ID == id })
	return i >= 0 && d.ep.Observations[i].End.Kind == evidence.EndTimeout
}
