package probe

import (
	"fmt"
	"slices"

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

// offered reports whether the hello had an extension.
func (r *reply) offered(e tlswire.ExtensionType) bool {
	return r.offer.Version > tlswire.SSLv3 && slices.Contains(extensionTypes(extensions(r.offer, "name", "")), e)
}

// offeredIn returns the extensions of the hellos that were answered in a version. Short ones lack some, and such of newer versions.
func (v *view) offeredIn(p tlswire.Version) []tlswire.ExtensionType {
	var list []tlswire.ExtensionType
	for i := range v.replies {
		r := &v.replies[i]
		if r.kind != accepted || r.guess || r.version != p || r.v2 != nil || r.offer.Version <= tlswire.SSLv3 || slices.Contains(list, tlswire.ExtensionHeartbeat) {
			continue // what has heartbeats has all
		}
		list = append(list, extensionTypes(extensions(r.offer, "name", ""))...)
	}
	return list
}

// openExtensions returns what may yet turn out to be answered: everything offered, in a version that may be spoken or whose
// answer was not seen whole; and in the others what was not offered, or comes with suites that are undecided.
func (d *deriver) openExtensions(seen evidence.PerVersion[tlswire.ExtensionType]) evidence.PerVersion[tlswire.ExtensionType] {
	open := evidence.PerVersion[tlswire.ExtensionType]{}
	for _, v := range versions {
		if t := d.tracks[v]; v <= tlswire.SSLv3 || t.spoken == evidence.No {
			continue
		}
		offered := d.offeredIn(v)
		for _, e := range extensionTypes(extensions(evidence.Offer{Version: v}, "name", d.ep.Target.Protocol)) {
			undecided := !slices.Contains(offered, e) || d.mayAccept(v, func(s tlswire.SuiteInfo) bool { return brings(s, e) })
			if seen[v] == nil || !slices.Contains(seen[v], e) && undecided {
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

// hasExtensions reports whether hellos of version v have extensions.
func hasExtensions(v tlswire.Version) bool { return v > tlswire.SSLv3 }
