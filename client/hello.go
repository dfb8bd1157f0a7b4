package client

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// FromHello makes a profile of a ClientHello, with what the hello tells: versions, lists and whether it names the server.
// The oldest version that the client takes is told by supported_versions alone; without it, least is believed. Name, kind,
// protocols and limits are left to the caller. The error is an extension that is malformed.
func FromHello(h tlswire.ClientHello, least tlswire.Version) (Profile, error) {
	newest := min(h.Version, tlswire.TLS12) // RFC 8446, Section 4.2.1
	p := Profile{Min: min(least, newest), Max: newest, Fidelity: Captured}
	for _, s := range h.Suites {
		if !s.IsGREASE() {
			p.Suites = append(p.Suites, s)
		}
	}
	for _, x := range h.Extensions {
		if err := p.extension(x); err != nil {
			return Profile{}, fmt.Errorf("reading %v: %w", x.Type, err)
		}
	}
	return p, nil
}

// FromHelloV2 is FromHello of a hello in the form of SSLv2 (RFC 5246, Appendix E.2), which has no extensions. Cipher kinds of
// SSLv2 are left out: this package does not follow SSLv2. The error is a hello that offers nothing else.
func FromHelloV2(h tlswire.ClientHelloV2, least tlswire.Version) (Profile, error) {
	if h.Version < tlswire.SSLv3 {
		return Profile{}, errors.New("the client speaks SSLv2 alone")
	}
	suites := slices.DeleteFunc(slices.Clone(h.Ciphers), tlswire.Suite.IsSSLv2)
	p, err := FromHello(tlswire.ClientHello{Version: h.Version, Suites: suites}, least)
	p.SSLv2Hello = true
	return p, err
}

func (p *Profile) extension(x tlswire.Extension) (err error) {
	switch x.Type {
	case tlswire.ExtensionServerName:
		p.SNI = true
	case tlswire.ExtensionSupportedGroups:
		p.Groups, err = tlswire.ParseSupportedGroups(x.Data)
		p.Groups = slices.DeleteFunc(p.Groups, func(g tlswire.Group) bool { return tlswire.IsGREASE(uint16(g)) })
	case tlswire.ExtensionSignatureAlgorithms:
		p.Schemes, err = tlswire.ParseSignatureAlgorithms(x.Data)
		p.Schemes = slices.DeleteFunc(p.Schemes, func(s tlswire.SignatureScheme) bool { return tlswire.IsGREASE(uint16(s)) })
	case tlswire.ExtensionKeyShare:
		var shares []tlswire.KeyShareEntry
		shares, err = tlswire.ParseKeyShares(x.Data)
		for _, k := range shares {
			if !tlswire.IsGREASE(uint16(k.Group)) {
				p.KeyShares = append(p.KeyShares, k.Group)
			}
		}
	case tlswire.ExtensionSupportedVersions:
		var list []tlswire.Version
		list, err = tlswire.ParseSupportedVersions(x.Data)
		list = slices.DeleteFunc(list, func(v tlswire.Version) bool { return tlswire.IsGREASE(uint16(v)) || v > tlswire.TLS13 })
		if len(list) > 0 {
			p.Min, p.Max = slices.Min(list), slices.Max(list)
		}
	}
	return err
}
