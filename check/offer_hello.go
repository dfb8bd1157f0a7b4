package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// OfferOf reads what a hello lists. Without supported_versions only the newest version is told, which is at most TLS 1.2 (RFC
// 8446, Section 4.2.1). The error is an extension that is malformed; the offer then has what could be read before it.
func OfferOf(h tlswire.ClientHello) (Offer, error) {
	o := Offer{Versions: []tlswire.Version{min(h.Version, tlswire.TLS12)}, Suites: ungreased(h.Suites), Extensions: signalled(h.Suites)}
	for _, m := range h.CompressionMethods {
		o.Compression = o.Compression || m != 0
	}
	seen := distinct[tlswire.ExtensionType]{}
	for _, x := range o.Extensions {
		seen.add(x)
	}
	for _, x := range h.Extensions {
		if !tlswire.IsGREASE(uint16(x.Type)) {
			seen.add(x.Type)
		}
		o.Extensions = seen.list
		if err := o.extension(x); err != nil {
			return o, fmt.Errorf("reading %v: %w", x.Type, err)
		}
	}
	return o, nil
}

// OfferOfV2 reads what a hello in the form of SSLv2 lists (RFC 5246, Appendix E.2). It offers SSLv2 itself only if there is a
// cipher kind of SSLv2 in it.
func OfferOfV2(h tlswire.ClientHelloV2) Offer {
	o := Offer{Suites: ungreased(h.Ciphers), Extensions: signalled(h.Ciphers)}
	if slices.ContainsFunc(o.Suites, tlswire.Suite.IsSSLv2) {
		o.Versions = []tlswire.Version{tlswire.SSLv2}
	}
	o.Versions = addOnce(o.Versions, min(h.Version, tlswire.TLS12))
	return o
}

// signalled are the extensions that a suite stands for (RFC 5746, Section 3.3).
func signalled(suites []tlswire.Suite) []tlswire.ExtensionType {
	if slices.Contains(suites, tlswire.EmptyRenegotiationInfoSCSV) {
		return []tlswire.ExtensionType{tlswire.ExtensionRenegotiationInfo}
	}
	return nil
}

// extension reads those extensions that list something.
func (o *Offer) extension(x tlswire.Extension) error {
	switch x.Type {
	case tlswire.ExtensionSupportedVersions:
		list, err := tlswire.ParseSupportedVersions(x.Data)
		if list = ungreased(list); err == nil && len(list) > 0 {
			o.Versions = matching(list, func(v tlswire.Version) bool { return v <= tlswire.TLS13 })
		}
		return err
	case tlswire.ExtensionSupportedGroups:
		list, err := tlswire.ParseSupportedGroups(x.Data)
		o.Groups = ungreased(list)
		return err
	case tlswire.ExtensionSignatureAlgorithms:
		list, err := tlswire.ParseSignatureAlgorithms(x.Data)
		o.Schemes = ungreased(list)
		return err
	}
	return nil
}

// ungreased leaves out the reserved values of RFC 8701, and what signals something and is no suite.
func ungreased[T ~uint16 | ~uint32](list []T) []T {
	return matching(list, func(x T) bool {
		s := tlswire.Suite(x)
		return !s.IsGREASE() && !s.IsSCSV()
	})
}
