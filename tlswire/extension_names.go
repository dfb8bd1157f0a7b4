package tlswire

import "golang.org/x/crypto/cryptobyte"

// hostName is the only name type ever registered (RFC 6066, Section 3).
const hostName = 0

// ServerName builds the client's server_name with one host name, in A-label form and without
// the final dot (RFC 6066, Section 3). A server acknowledges it with an empty extension.
func ServerName(host string) Extension {
	return build(ExtensionServerName, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint8(hostName)
			addOpaque16(b, []byte(host))
		})
	})
}

// ParseServerName parses what ServerName builds: exactly one name, and a host name. The error
// is ErrMalformed.
func ParseServerName(data []byte) (string, error) {
	s, err := parseOpaque(data, readOpaque16, "server_name")
	if err != nil {
		return "", err
	}
	var host []byte
	list := cryptobyte.String(s)
	var kind uint8
	if !list.ReadUint8(&kind) || kind != hostName || !readOpaque16(&list, &host) || !list.Empty() {
		return "", malformed("server_name", "list of one host name")
	}
	return string(host), nil
}

// ALPN builds application_layer_protocol_negotiation (RFC 7301, Section 3.1): the client's
// list, or the one protocol that the server chose.
func ALPN(protocols []string) Extension {
	return build(ExtensionALPN, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, p := range protocols {
				addOpaque8(b, []byte(p))
			}
		})
	})
}

// ParseALPN parses what ALPN builds. The error is ErrMalformed.
func ParseALPN(data []byte) ([]string, error) {
	items, err := parseOpaques(data, readOpaque8, "application_layer_protocol_negotiation")
	if err != nil {
		return nil, err
	}
	protocols := make([]string, len(items))
	for i, p := range items {
		protocols[i] = string(p)
	}
	return protocols, nil
}
