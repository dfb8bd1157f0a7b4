package probe

import (
	"net/netip"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// greaseExtension is a reserved code point (RFC 8701, Section 2).
const greaseExtension tlswire.ExtensionType = 0x3A3A

// extensions are those of offer o, in the order in which they are sent.
func extensions(o evidence.Offer, name, protocol string) []tlswire.Extension {
	list := []tlswire.Extension{}
	if asksForeign(o, foreignName) {
		name = unknownName
	}
	if sni := serverName(name); sni != "" && !o.Has(evidence.WithoutSNI) {
		list = append(list, tlswire.ServerName(sni))
	}
	list = append(list,
		tlswire.SupportedGroups(greased(o, offeredGroups(o), 0x4A4A)),
		tlswire.ECPointFormats([]tlswire.ECPointFormat{0}),
		tlswire.ExtendedMasterSecret(),
		tlswire.SessionTicket(nil),
		tlswire.StatusRequest(tlswire.OCSPStatusRequest{}),
		tlswire.SCT(),
	)
	if o.Version >= tlswire.TLS12 {
		list = append(list, signatureExtensions(o)...)
	}
	if o.Has(evidence.WithALPN) {
		list = append(list, tlswire.ALPN([]string{alpnName(protocol)}))
	}
	if asksForeign(o, foreignProtocol) {
		list = append(list, tlswire.ALPN([]string{unknownProtocol}))
	}
	if o.Has(evidence.WithGREASE) {
		list = append(list, tlswire.Extension{Type: greaseExtension, Data: []byte{0}})
	}
	if o.Version == tlswire.TLS13 {
		return append(list, extensions13(o)...)
	}
	if o.Has(evidence.Minimal) {
		return list
	}
	if o.Attack != evidence.InsecureRenegotiation { // as clients before RFC 5746
		list = append(list, tlswire.RenegotiationInfo(nil))
	}
	if o.Attack != evidence.PaddingOracle { // as the many clients that do not know it
		list = append(list, tlswire.EncryptThenMAC())
	}
	return append(list, tlswire.MaxFragmentLength(4), tlswire.Heartbeat(1))
}

// signatureExtensions adds signature_algorithms_cert when the schemes are narrowed, so that the choice of certificate
// stays as it was (RFC 8446, Section 4.2.3).
func signatureExtensions(o evidence.Offer) []tlswire.Extension {
	list := []tlswire.Extension{tlswire.SignatureAlgorithms(greased(o, offeredSchemes(o), 0x5A5A))}
	if len(o.Schemes) > 0 {
		list = append(list, tlswire.SignatureAlgorithmsCert(schemesOf(o.Version)))
	}
	return list
}

func extensions13(o evidence.Offer) []tlswire.Extension {
	return []tlswire.Extension{
		tlswire.SupportedVersions(greased(o, []tlswire.Version{tlswire.TLS13}, 0x6A6A)),
		tlswire.PSKKeyExchangeModes(pskModes(o)),
		tlswire.MaxFragmentLength(4),
		tlswire.KeyShares(nil),
	}
}

// pskModes offers resumption with a key exchange, where a ticket may come also without: servers may keep to what the hello
// offered that a ticket came with (RFC 8446, Section 4.2.9).
func pskModes(o evidence.Offer) []tlswire.PSKMode {
	if o.Has(evidence.Finished) {
		return []tlswire.PSKMode{tlswire.PSKWithDHE, tlswire.PSKOnly}
	}
	return []tlswire.PSKMode{tlswire.PSKWithDHE}
}

// greased puts a reserved value in front of list if o asks for it.
func greased[T ~uint16](o evidence.Offer, list []T, value T) []T {
	if !o.Has(evidence.WithGREASE) {
		return list
	}
	return append([]T{value}, list...)
}

// serverName returns the form of name that may be sent as SNI: no addresses, no trailing dot (RFC 6066, Section 3).
func serverName(name string) string {
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return ""
	}
	return strings.TrimSuffix(name, ".")
}

// alpnName is the registered ALPN name of a mail protocol. SMTP has none, so its own name stands in.
func alpnName(protocol string) string {
	switch protocol {
	case "imap", "imaps":
		return "imap"
	case "pop3", "pop3s":
		return "pop3"
	case "sieve":
		return "managesieve"
	}
	return "smtp"
}

// pad adds the padding extension so that the hello has the size that o asks for (RFC 7685).
func pad(h *tlswire.ClientHello, o evidence.Offer) {
	want := 0
	switch {
	case o.Has(evidence.Padded256):
		want = 300
	case o.Has(evidence.Padded512):
		want = 600
	case o.Has(evidence.Padded1500):
		want = 1700
	case o.Has(evidence.Padded4096):
		want = 4300
	default:
		return
	}
	body, err := h.Marshal()
	if err != nil {
		return // the caller meets the same error and reports it
	}
	have := tlswire.HandshakeHeaderLen + len(body)
	h.Extensions = append(h.Extensions, tlswire.Padding(max(0, want-have-4)))
}
