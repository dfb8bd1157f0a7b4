package tlswire

import "testing"

// side is who sent an extension, and in which message, as far as its form depends on it.
type side uint8

const (
	byClient side = iota
	byServer
	byRetry
	inTicket
)

// extensionCodec returns the parser and builder of what a peer of today sends, or false for one that is opaque or has no known form.
func extensionCodec(e Extension, from side) (func(testing.TB, []byte) ([]byte, bool), bool) {
	if codecs, ok := codecsBySide()[e.Type]; ok {
		again, ok := codecs[from]
		return again, ok
	}
	again, ok := codecsOfBoth()[e.Type]
	return again, ok && len(e.Data) > 0 // acknowledgements are empty
}

func codecsBySide() map[ExtensionType]map[side]func(testing.TB, []byte) ([]byte, bool) {
	return map[ExtensionType]map[side]func(testing.TB, []byte) ([]byte, bool){
		ExtensionSupportedVersions: {
			byClient: remarshal(inverse(ParseSupportedVersions, SupportedVersions)),
			byServer: remarshal(inverse(ParseSelectedVersion, SelectedVersion)),
			byRetry:  remarshal(inverse(ParseSelectedVersion, SelectedVersion)),
		},
		ExtensionKeyShare: {
			byClient: remarshal(inverse(ParseKeyShares, KeyShares)),
			byServer: remarshal(inverse(ParseServerKeyShare, ServerKeyShare)),
			byRetry:  remarshal(inverse(ParseRetryKeyShare, RetryKeyShare)),
		},
		ExtensionPreSharedKey: {
			byClient: remarshal(inverse(ParsePreSharedKey, PreSharedKey)),
			byServer: remarshal(inverse(ParseSelectedPSK, SelectedPSK)),
		},
		ExtensionEarlyData: {inTicket: remarshal(inverse(ParseEarlyDataLimit, EarlyDataLimit))},
	}
}

func codecsOfBoth() map[ExtensionType]func(testing.TB, []byte) ([]byte, bool) {
	schemes := remarshal(inverse(ParseSignatureAlgorithms, SignatureAlgorithms))
	return map[ExtensionType]func(testing.TB, []byte) ([]byte, bool){
		ExtensionServerName:              remarshal(inverse(ParseServerName, ServerName)),
		ExtensionMaxFragmentLength:       remarshal(inverse(ParseMaxFragmentLength, MaxFragmentLength)),
		ExtensionStatusRequest:           remarshal(inverse(ParseStatusRequest, StatusRequest)),
		ExtensionStatusRequestV2:         remarshal(inverse(ParseStatusRequestV2, StatusRequestV2)),
		ExtensionSupportedGroups:         remarshal(inverse(ParseSupportedGroups, SupportedGroups)),
		ExtensionECPointFormats:          remarshal(inverse(ParseECPointFormats, ECPointFormats)),
		ExtensionSignatureAlgorithms:     schemes,
		ExtensionSignatureAlgorithmsCert: schemes,
		ExtensionALPN:                    remarshal(inverse(ParseALPN, ALPN)),
		ExtensionRecordSizeLimit:         remarshal(inverse(ParseRecordSizeLimit, RecordSizeLimit)),
		ExtensionPSKKeyExchangeModes:     remarshal(inverse(ParsePSKKeyExchangeModes, PSKKeyExchangeModes)),
		ExtensionRenegotiationInfo:       remarshal(inverse(ParseRenegotiationInfo, RenegotiationInfo)),
		ExtensionCompressCertificate:     remarshal(inverse(ParseCompressCertificate, CompressCertificate)),
	}
}

// extensionsOf returns the extensions of a message of any type that has them and reads the same in every version.
func extensionsOf(t *testing.T, h Handshake) ([]Extension, side) {
	t.Helper()
	switch h.Type {
	case TypeClientHello:
		return reread(t, ParseClientHello, h.Body).Extensions, byClient
	case TypeServerHello:
		m := reread(t, ParseServerHello, h.Body)
		if m.IsHelloRetryRequest() {
			return m.Extensions, byRetry
		}
		return m.Extensions, byServer
	case TypeEncryptedExtensions:
		return reread(t, ParseEncryptedExtensions, h.Body).Extensions, byServer
	}
	return nil, byServer
}

// Every extension that real programs sent, and that has a parser, parses and builds again to the same bytes.
func TestTranscriptExtensions(t *testing.T) {
	seen := map[ExtensionType]bool{}
	for _, tr := range transcripts(t) {
		t.Run(tr.name, func(t *testing.T) {
			for _, h := range tr.messages(t) {
				list, from := extensionsOf(t, h)
				for _, e := range list {
					checkExtension(t, e, from)
					seen[e.Type] = true
				}
			}
		})
	}
	for _, want := range []ExtensionType{
		ExtensionServerName, ExtensionStatusRequest, ExtensionSupportedGroups, ExtensionECPointFormats, ExtensionSignatureAlgorithms,
		ExtensionALPN, ExtensionStatusRequestV2, ExtensionEncryptThenMAC, ExtensionExtendedMasterSecret, ExtensionSessionTicket,
		ExtensionRecordSizeLimit, ExtensionSupportedVersions, ExtensionPSKKeyExchangeModes, ExtensionKeyShare, ExtensionRenegotiationInfo,
	} {
		if !seen[want] {
			t.Errorf("no transcript has %v", want)
		}
	}
}

func checkExtension(t *testing.T, e Extension, from side) {
	t.Helper()
	again, ok := extensionCodec(e, from)
	if !ok {
		return
	}
	if out, ok := again(t, e.Data); !ok || string(out) != string(e.Data) {
		t.Errorf("%v: data %x became %x, parsed %v", e.Type, e.Data, out, ok)
	}
}
