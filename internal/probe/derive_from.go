package probe

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// firsts returns the ids of the replies that were the first to show each of the things that show names. A reply that
// shows nothing new proves nothing new.
func firsts[K comparable](d *deriver, show func(*reply) (K, bool)) []string {
	var from []string
	met := map[K]bool{}
	for i := range d.replies {
		r := &d.replies[i]
		if key, ok := show(r); ok && !met[key] {
			met[key] = true
			from = append(from, r.id)
		}
	}
	return from
}

// once joins lists of ids, and leaves out what is there already.
func once(lists ...[]string) []string {
	var out []string
	for _, id := range slices.Concat(lists...) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// last returns the id of the latest reply that match accepts, if there is one.
func (d *deriver) last(match func(*reply) bool) []string {
	for i := len(d.replies) - 1; i >= 0; i-- {
		if match(&d.replies[i]) {
			return []string{d.replies[i].id}
		}
	}
	return nil
}

// fromVersions points at the first hello in each version that is spoken, and at the last refusal of each that is not.
func (d *deriver) fromVersions() []string {
	from := firsts(d, func(r *reply) (tlswire.Version, bool) { return r.version, r.kind == accepted })
	for _, v := range versions {
		if d.tracks[v].spoken != 0 && !slices.Contains(d.spoken(), v) {
			asked := d.last(func(r *reply) bool { return r.offer.Version == v && r.kind != lost })
			if len(asked) == 0 { // a hello of the next version told
				asked = d.last(func(r *reply) bool { return r.offer.Version == v+1 && r.kind != lost })
			}
			from = append(from, asked...)
		}
	}
	return once(from)
}

// fromSuites points at the first choice of each suite in each version, and at the refusal that ended each list.
func (d *deriver) fromSuites() []string {
	type choice struct {
		version tlswire.Version
		suite   tlswire.Suite
	}
	from := firsts(d, func(r *reply) (choice, bool) { return choice{r.version, r.suite}, r.kind == accepted })
	for _, v := range versions {
		from = append(from, d.last(func(r *reply) bool {
			return r.offer.Version == v && d.refuses(r) && questionOf(r.id) == suitesQuestion(v)
		})...)
	}
	return once(from)
}

// fromGroups points at the first use of each group in the versions that match accepts.
func (d *deriver) fromGroups(match func(tlswire.Version) bool) []string {
	return firsts(d, func(r *reply) (tlswire.Group, bool) {
		return r.group, r.kind == accepted && r.group != 0 && match(r.version)
	})
}

// fromSchemes points at the first signature with each scheme in each version.
func (d *deriver) fromSchemes() []string {
	type signature struct {
		version tlswire.Version
		scheme  tlswire.SignatureScheme
	}
	return firsts(d, func(r *reply) (signature, bool) {
		return signature{r.version, r.scheme}, r.kind == accepted && r.scheme != 0
	})
}

// fromChains points at the first sight of each certificate chain.
func (d *deriver) fromChains() []string {
	type sight struct {
		leaf    string
		version tlswire.Version
	}
	return firsts(d, func(r *reply) (sight, bool) {
		switch {
		case r.kind != accepted || !r.shown:
			return sight{}, false
		case len(r.chain) == 0:
			return sight{"", r.version}, true
		}
		return sight{r.chain[0], r.version}, true
	})
}
