package tlswire

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// extensionVector is one extension in all its forms: built, on the wire, parsed.
type extensionVector struct {
	name  string
	built Extension
	hex   string // of its data
	want  any
	parse func([]byte) (any, error)
	// whole lists the lengths at which the data, cut short, is whole too; longer says that it may go on.
	whole  []int
	longer bool
}

// untyped makes the parsers fit one table.
func untyped[T any](parse func([]byte) (T, error)) func([]byte) (any, error) {
	return func(b []byte) (any, error) {
		v, err := parse(b)
		return v, err
	}
}

func extensionVectors() []extensionVector {
	vectors := namesVectors()
	vectors = append(vectors, listVectors()...)
	vectors = append(vectors, statusVectors()...)
	vectors = append(vectors, octetVectors()...)
	return append(vectors, tls13Vectors()...)
}

func namesVectors() []extensionVector {
	return []extensionVector{
		{name: "server_name", built: ServerName("mx.example"), hex: "000d 00 000a 6d782e6578616d706c65",
			want: "mx.example", parse: untyped(ParseServerName)},
		{name: "server_name, empty", built: ServerName(""), hex: "0003 00 0000", want: "", parse: untyped(ParseServerName)},
		{name: "alpn", built: ALPN([]string{"smtp", "imap"}), hex: "000a 04 736d7470 04 696d6170",
			want: []string{"smtp", "imap"}, parse: untyped(ParseALPN)},
		{name: "alpn, empty", built: ALPN(nil), hex: "0000", want: []string{}, parse: untyped(ParseALPN)},
	}
}

func listVectors() []extensionVector {
	schemes := []SignatureScheme{ECDSASecp256r1SHA256, RSAPSSRSAESHA256}
	return []extensionVector{
		{name: "supported_groups", built: SupportedGroups([]Group{X25519, 0x4A4A}), hex: "0004 001d 4a4a",
			want: []Group{X25519, 0x4A4A}, parse: untyped(ParseSupportedGroups)},
		{name: "supported_groups, empty", built: SupportedGroups(nil), hex: "0000", want: []Group{}, parse: untyped(ParseSupportedGroups)},
		{name: "ec_point_formats", built: ECPointFormats([]ECPointFormat{PointUncompressed, PointCompressedChar2}), hex: "02 00 02",
			want: []ECPointFormat{PointUncompressed, PointCompressedChar2}, parse: untyped(ParseECPointFormats)},
		{name: "signature_algorithms", built: SignatureAlgorithms(schemes), hex: "0004 0403 0804",
			want: schemes, parse: untyped(ParseSignatureAlgorithms)},
		{name: "signature_algorithms_cert", built: SignatureAlgorithmsCert(schemes), hex: "0004 0403 0804",
			want: schemes, parse: untyped(ParseSignatureAlgorithms)},
		{name: "delegated_credential", built: DelegatedCredential(schemes), hex: "0004 0403 0804",
			want: schemes, parse: untyped(ParseSignatureAlgorithms)},
		{name: "compress_certificate", built: CompressCertificate([]CertificateCompression{CertificateCompressionZstd}), hex: "02 0003",
			want: []CertificateCompression{CertificateCompressionZstd}, parse: untyped(ParseCompressCertificate)},
		{name: "certificate_authorities", built: CertificateAuthorities([][]byte{{0x30, 0}}), hex: "0004 0002 3000",
			want: [][]byte{{0x30, 0}}, parse: untyped(ParseCertificateAuthorities)},
	}
}

func statusVectors() []extensionVector {
	request := OCSPStatusRequest{ResponderIDs: [][]byte{{0xA1}}, Extensions: []byte{0x30, 0}}
	return []extensionVector{
		{name: "status_request", built: StatusRequest(OCSPStatusRequest{}), hex: "01 0000 0000",
			want: OCSPStatusRequest{[][]byte{}, []byte{}}, parse: untyped(ParseStatusRequest)},
		{name: "status_request, with all", built: StatusRequest(request), hex: "01 0003 0001 a1 0002 3000",
			want: request, parse: untyped(ParseStatusRequest)},
		{name: "status_request_v2", built: StatusRequestV2([]StatusRequestItem{{StatusOCSPMulti, request}}), hex: "000c 02 0009 0003 0001 a1 0002 3000",
			want: []StatusRequestItem{{StatusOCSPMulti, request}}, parse: untyped(ParseStatusRequestV2)},
		{name: "signed_certificate_timestamp", built: SCTList([][]byte{{1}, {2, 3}}), hex: "0007 0001 01 0002 0203",
			want: [][]byte{{1}, {2, 3}}, parse: untyped(ParseSCTList)},
	}
}

func octetVectors() []extensionVector {
	return []extensionVector{
		{name: "max_fragment_length", built: MaxFragmentLength(FragmentLength4096), hex: "04",
			want: FragmentLength4096, parse: untyped(ParseMaxFragmentLength)},
		{name: "record_size_limit", built: RecordSizeLimit(16385), hex: "4001", want: uint16(16385), parse: untyped(ParseRecordSizeLimit)},
		{name: "padding", built: Padding(3), hex: "00 00 00", want: 3, parse: untyped(ParsePadding), whole: []int{0, 1, 2}, longer: true},
		{name: "padding, negative", built: Padding(-1), hex: "", want: 0, parse: untyped(ParsePadding), longer: true},
		{name: "heartbeat", built: Heartbeat(PeerNotAllowedToSend), hex: "02", want: PeerNotAllowedToSend, parse: untyped(ParseHeartbeat)},
		{name: "renegotiation_info", built: RenegotiationInfo([]byte{1, 2}), hex: "02 0102", want: []byte{1, 2}, parse: untyped(ParseRenegotiationInfo)},
		{name: "renegotiation_info, first handshake", built: RenegotiationInfo(nil), hex: "00", want: []byte{}, parse: untyped(ParseRenegotiationInfo)},
	}
}

func tls13Vectors() []extensionVector {
	share := KeyShareEntry{X25519, []byte{0xFF}}
	psk := OfferedPSKs{[]PSKIdentity{{[]byte{0xAB}, 0x01020304}}, [][]byte{{1, 2}, {3}}}
	return []extensionVector{
		{name: "supported_versions, client", built: SupportedVersions([]Version{TLS13, TLS12}), hex: "04 0304 0303",
			want: []Version{TLS13, TLS12}, parse: untyped(ParseSupportedVersions)},
		{name: "supported_versions, server", built: SelectedVersion(TLS13), hex: "0304", want: TLS13, parse: untyped(ParseSelectedVersion)},
		{name: "key_share, client", built: KeyShares([]KeyShareEntry{{0x2A2A, []byte{0}}, share}), hex: "000a 2a2a 0001 00 001d 0001 ff",
			want: []KeyShareEntry{{0x2A2A, []byte{0}}, share}, parse: untyped(ParseKeyShares)},
		{name: "key_share, none", built: KeyShares(nil), hex: "0000", want: []KeyShareEntry{}, parse: untyped(ParseKeyShares)},
		{name: "key_share, server", built: ServerKeyShare(share), hex: "001d 0001 ff", want: share, parse: untyped(ParseServerKeyShare)},
		{name: "key_share, retry", built: RetryKeyShare(Secp384r1), hex: "0018", want: Secp384r1, parse: untyped(ParseRetryKeyShare)},
		{name: "psk_key_exchange_modes", built: PSKKeyExchangeModes([]PSKMode{PSKWithDHE, PSKOnly}), hex: "02 01 00",
			want: []PSKMode{PSKWithDHE, PSKOnly}, parse: untyped(ParsePSKKeyExchangeModes)},
		{name: "cookie", built: Cookie([]byte{1, 2}), hex: "0002 0102", want: []byte{1, 2}, parse: untyped(ParseCookie)},
		{name: "early_data, ticket", built: EarlyDataLimit(0x01020304), hex: "01020304", want: uint32(0x01020304), parse: untyped(ParseEarlyDataLimit)},
		{name: "pre_shared_key, client", built: PreSharedKey(psk), hex: "0007 0001 ab 01020304 0005 02 0102 01 03",
			want: psk, parse: untyped(ParsePreSharedKey)},
		{name: "pre_shared_key, none", built: PreSharedKey(OfferedPSKs{}), hex: "0000 0000",
			want: OfferedPSKs{[]PSKIdentity{}, [][]byte{}}, parse: untyped(ParsePreSharedKey)},
		{name: "pre_shared_key, server", built: SelectedPSK(1), hex: "0001", want: uint16(1), parse: untyped(ParseSelectedPSK)},
	}
}

func TestExtensions(t *testing.T) {
	for _, v := range extensionVectors() {
		t.Run(v.name, func(t *testing.T) {
			data := unhex(t, v.hex)
			if diff := cmp.Diff(hex.EncodeToString(data), hex.EncodeToString(v.built.Data)); diff != "" {
				t.Errorf("built (-want +got):\n%s", diff)
			}
			got, err := v.parse(data)
			if diff := cmp.Diff(v.want, got); diff != "" || err != nil {
				t.Errorf("error %v, parsed (-want +got):\n%s", err, diff)
			}
			checkTruncations(t, v.parse, data, v.whole)
			if !v.longer {
				checkMalformed(t, v.parse, append(data[:len(data):len(data)], 0))
			}
		})
	}
}

func TestExtensionTypes(t *testing.T) {
	for want, e := range map[ExtensionType]Extension{
		0: ServerName("a"), 1: MaxFragmentLength(1), 5: StatusRequest(OCSPStatusRequest{}), 10: SupportedGroups(nil),
		11: ECPointFormats(nil), 13: SignatureAlgorithms(nil), 15: Heartbeat(1), 16: ALPN(nil), 17: StatusRequestV2(nil),
		18: SCT(), 21: Padding(0), 22: EncryptThenMAC(), 23: ExtendedMasterSecret(), 27: CompressCertificate(nil),
		28: RecordSizeLimit(64), 34: DelegatedCredential(nil), 35: SessionTicket(nil), 41: PreSharedKey(OfferedPSKs{}),
		42: EarlyData(), 43: SupportedVersions(nil), 44: Cookie(nil), 45: PSKKeyExchangeModes(nil), 47: CertificateAuthorities(nil),
		49: PostHandshakeAuth(), 50: SignatureAlgorithmsCert(nil), 51: KeyShares(nil), 0xFF01: RenegotiationInfo(nil),
	} {
		if e.Type != want {
			t.Errorf("type %d, want %d", e.Type, want)
		}
	}
}

func TestExtensionsMalformed(t *testing.T) {
	testMalformed(t, ParseServerName, map[string]string{
		"another name type":  "000d 01 000a 6d782e6578616d706c65",
		"two names":          "0008 00 0001 61 00 0001 62",
		"name beyond list":   "0004 00 0002 61",
		"an acknowledgement": "",
	})
	testMalformed(t, ParseSupportedGroups, map[string]string{"odd": "0003 001d 00"})
	testMalformed(t, ParseSupportedVersions, map[string]string{"odd": "03 0304 03"})
	testMalformed(t, ParseALPN, map[string]string{"name beyond list": "0003 04 736d"})
	testMalformed(t, ParseStatusRequest, map[string]string{"type": "02 0000 0000", "responder": "01 0003 0002 a1 0000"})
	testMalformed(t, ParseStatusRequestV2, map[string]string{"item": "0002 0100", "request": "0007 01 0004 0000 0001", "longer request": "0008 01 0005 0000 0000 00"})
	testMalformed(t, ParseKeyShares, map[string]string{"share beyond list": "0005 001d 0002 ff"})
	testMalformed(t, ParsePreSharedKey, map[string]string{
		"identity": "0006 0001 ab 010203 0000",
		"binder":   "0000 0002 02 01",
	})
	testMalformed(t, ParsePadding, map[string]string{"other bytes": "00 01"})
}

func TestParseEmpty(t *testing.T) {
	for _, e := range []Extension{SCT(), EncryptThenMAC(), ExtendedMasterSecret(), SessionTicket(nil), EarlyData(), PostHandshakeAuth()} {
		if err := ParseEmpty(e.Data); err != nil {
			t.Errorf("%v: %v", e.Type, err)
		}
	}
	if err := ParseEmpty([]byte{0}); !errors.Is(err, ErrMalformed) {
		t.Errorf("error %v, want ErrMalformed", err)
	}
}

// What does not fit has to come back as an error, never as a shorter or wrapped length on the wire.
func TestExtensionTooLong(t *testing.T) {
	for name, e := range map[string]Extension{
		"server name":     ServerName(string(make([]byte, 1<<16-3))),
		"groups":          SupportedGroups(make([]Group, 1<<15)),
		"point formats":   ECPointFormats(make([]ECPointFormat, 256)),
		"versions":        SupportedVersions(make([]Version, 128)),
		"ALPN name":       ALPN([]string{string(make([]byte, 256))}),
		"compression":     CompressCertificate(make([]CertificateCompression, 128)),
		"cookie":          Cookie(make([]byte, 1<<16)),
		"share":           ServerKeyShare(KeyShareEntry{Data: make([]byte, 1<<16)}),
		"binder":          PreSharedKey(OfferedPSKs{Binders: [][]byte{make([]byte, 256)}}),
		"padding":         Padding(1 << 16),
		"renegotiation":   RenegotiationInfo(make([]byte, 256)),
		"session ticket":  SessionTicket(make([]byte, 1<<16)),
		"list at its end": SupportedGroups(make([]Group, 1<<15-1)), // the list fits, the extension does not
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := (EncryptedExtensions{[]Extension{e}}).Marshal(); err == nil {
				t.Error("marshalled, want an error")
			}
		})
	}
}

func TestFind(t *testing.T) {
	list := []Extension{{1, []byte{1}}, {2, []byte{2}}, {1, []byte{3}}}
	if e, ok := Find(list, 1); !ok || e.Data[0] != 1 {
		t.Errorf("found %v, %v, want the first", e, ok)
	}
	if e, ok := Find(list, 3); ok || e.Data != nil {
		t.Errorf("found %v", e)
	}
}
