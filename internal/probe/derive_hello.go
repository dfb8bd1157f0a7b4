package probe

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// encryptedExtensions returns the extensions that a TLS 1.3 server sent under encryption.
func (r *reply) encryptedExtensions() ([]tlswire.Extension, bool) {
	for _, m := range r.messages {
		if m.Type == tlswire.TypeEncryptedExtensions {
			e, err := tlswire.ParseEncryptedExtensions(m.Body)
			return e.Extensions, err == nil
		}
	}
	return nil, false
}

// answered returns all extensions of the server's hello, and whether they are complete.
func (r *reply) answered() ([]tlswire.Extension, bool) {
	list := r.hello.Extensions
	if r.version != tlswire.TLS13 {
		return list, true
	}
	inner, ok := r.encryptedExtensions()
	return slices.Concat(list, inner), ok
}

func deriveExtensions(d *deriver) {
	f := evidence.Fact[evidence.PerVersion[tlswire.ExtensionType]]{State: evidence.Known,
		Value: evidence.PerVersion[tlswire.ExtensionType]{}}
	for i := range d.replies {
		r := &d.replies[i]
		list, whole := r.answered()
		if r.kind != accepted || r.v2 != nil || !whole || r.version == tlswire.SSLv3 {
			continue
		}
		for _, e := range list {
			if !slices.Contains(f.Value[r.version], e.Type) {
				f.Value[r.version] = append(f.Value[r.version], e.Type)
			}
		}
		if f.Value[r.version] == nil {
			f.Value[r.version] = []tlswire.ExtensionType{}
		}
	}
	for _, list := range f.Value {
		slices.Sort(list)
	}
	f.Open = d.openExtensions(f.Value)
	switch {
	case len(f.Value) == 0 && len(f.Open) == 0 && len(d.spoken()) > 0:
		f = inapplicable[evidence.PerVersion[tlswire.ExtensionType]]("SSL has no extensions")
	case len(f.Value) == 0:
		f = unknown[evidence.PerVersion[tlswire.ExtensionType]](d)
	case len(f.Open) > 0:
		f.State, f.Why = evidence.Partial, d.why
	}
	if f.Seen() {
		f.From = firsts(d, func(r *reply) (string, bool) {
			list, whole := r.answered()
			return fmt.Sprint(r.version, extensionTypes(list)), r.kind == accepted && whole
		})
	}
	d.facts.Extensions = f
}

// openExtensions returns what may yet turn out to be answered: everything offered, in a version that may be spoken or whose
// answer was not seen whole; and in the others what comes with suites that are undecided.
func (d *deriver) openExtensions(seen evidence.PerVersion[tlswire.ExtensionType]) evidence.PerVersion[tlswire.ExtensionType] {
	open := evidence.PerVersion[tlswire.ExtensionType]{}
	for _, v := range versions {
		if t := d.tracks[v]; v <= tlswire.SSLv3 || t.spoken == evidence.No {
			continue
		}
		for _, e := range extensionTypes(extensions(evidence.Offer{Version: v}, "name", d.ep.Target.Protocol)) {
			if seen[v] == nil || !slices.Contains(seen[v], e) && d.mayAccept(v, func(s tlswire.SuiteInfo) bool { return brings(s, e) }) {
				open[v] = append(open[v], e)
			}
		}
	}
	return open
}

// brings reports whether a server that chooses s may answer e, and would not with other suites: only CBC needs
// encrypt_then_mac (RFC 7366, Section 3), only curves need point formats (RFC 8422, Section 5.2), and only a certificate has
// a status (RFC 6066, Section 8) and timestamps (RFC 6962, Section 3.3.1).
func brings(s tlswire.SuiteInfo, e tlswire.ExtensionType) bool {
	switch e {
	case tlswire.ExtensionEncryptThenMAC:
		return s.Mode == tlswire.ModeCBC
	case tlswire.ExtensionECPointFormats:
		return s.KeyExchange == tlswire.KeyExchangeECDHE || s.KeyExchange == tlswire.KeyExchangeECDH || s.Auth == tlswire.AuthECDSA
	case tlswire.ExtensionStatusRequest, tlswire.ExtensionSCT:
		return old(s.MinVersion) && (s.Auth == tlswire.AuthRSA || s.Auth == tlswire.AuthECDSA || s.Auth == tlswire.AuthDSS)
	}
	return false
}

func extensionTypes(list []tlswire.Extension) []tlswire.ExtensionType {
	types := make([]tlswire.ExtensionType, len(list))
	for i, e := range list {
		types[i] = e.Type
	}
	slices.Sort(types)
	return types
}

func deriveALPN(d *deriver) {
	d.facts.ALPN = unknown[string](d)
	if d.none(hasExtensions) && len(d.spoken()) > 0 {
		d.facts.ALPN = inapplicable[string]("SSL has no extensions")
	}
	for i := range d.replies {
		r := &d.replies[i]
		list, whole := r.answered()
		if r.kind != accepted || !whole || !r.offer.Has(evidence.WithALPN) {
			continue
		}
		value := ""
		if e, ok := tlswire.Find(list, tlswire.ExtensionALPN); ok {
			if names, err := tlswire.ParseALPN(e.Data); err == nil && len(names) == 1 {
				value = names[0]
			}
		}
		d.facts.ALPN = known(value, r.id)
		return
	}
}

func deriveSentinel(d *deriver) {
	switch {
	case d.none(is13) && len(d.spoken()) > 0:
		d.facts.DowngradeSentinel = inapplicable[bool]("TLS 1.3 is not spoken")
		return
	case d.none(old) && len(d.spoken()) > 0:
		d.facts.DowngradeSentinel = inapplicable[bool]("nothing older than TLS 1.3 is spoken")
		return
	}
	d.facts.DowngradeSentinel = unknown[bool](d)
	if d.tracks[tlswire.TLS13].spoken != evidence.Yes {
		return
	}
	for i := range d.replies {
		r := &d.replies[i]
		if r.kind != accepted || r.version < tlswire.TLS10 || !old(r.version) {
			continue
		}
		d.facts.DowngradeSentinel = known(r.hello.DowngradeSentinel() != "", r.id)
		if !d.facts.DowngradeSentinel.Value {
			return
		}
	}
}

// hasExtensions reports whether hellos of version v have extensions.
func hasExtensions(v tlswire.Version) bool { return v > tlswire.SSLv3 }

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

// clockSkew is how far a clock in the random may be off and still look like one.
const clockSkew = 24 * time.Hour

// deriveClock looks at TLS 1.2 and older, whose random may begin with a clock (RFC 5246, Section 7.4.1.2); a version whose
// randoms all do is enough.
func deriveClock(d *deriver) {
	d.facts.ClockInRandom = unknown[bool](d)
	if d.none(old) && len(d.spoken()) > 0 {
		d.facts.ClockInRandom = inapplicable[bool]("the random of TLS 1.3 has no clock")
		return
	}
	for _, v := range d.spokenOld() {
		switch clocks, others := d.clocks(v); {
		case len(others) == 0 && len(clocks) >= 2: // one random number hits the day of the scan once in 25,000 times, two never
			d.facts.ClockInRandom = known(true, clocks...)
			return
		case len(others) > 0 && !d.anyOpen(old):
			d.facts.ClockInRandom = known(false, others[0])
		}
	}
}

// clocks returns the ids of the hellos in version v whose random begins with the time, and of those whose does not.
func (d *deriver) clocks(v tlswire.Version) (clocks, others []string) {
	for i := range d.replies {
		r := &d.replies[i]
		if r.kind != accepted || r.version != v {
			continue
		}
		clock := time.Unix(int64(binary.BigEndian.Uint32(r.hello.Random[:])), 0)
		if clock.Sub(d.ep.At.Add(r.start)).Abs() <= clockSkew {
			clocks = append(clocks, r.id)
		} else {
			others = append(others, r.id)
		}
	}
	return clocks, others
}
