package tlswire

import "testing"

// data is the data of an extension, to make what a parser returns a message that marshals back.
type data func() Extension

func (d data) Marshal() ([]byte, error) { return d().Data, nil }

func inverse[T any](parse func([]byte) (T, error), build func(T) Extension) func([]byte) (data, error) {
	return func(b []byte) (data, error) {
		v, err := parse(b)
		return func() Extension { return build(v) }, err
	}
}

func extensionCodecs() []codec {
	return []codec{
		{"server_name", remarshal(inverse(ParseServerName, ServerName)), "0004 00 0001 61"},
		{"alpn", remarshal(inverse(ParseALPN, ALPN)), "0005 04 736d7470"},
		{"supported_groups", remarshal(inverse(ParseSupportedGroups, SupportedGroups)), "0002 001d"},
		{"ec_point_formats", remarshal(inverse(ParseECPointFormats, ECPointFormats)), "01 00"},
		{"signature_algorithms", remarshal(inverse(ParseSignatureAlgorithms, SignatureAlgorithms)), "0002 0403"},
		{"compress_certificate", remarshal(inverse(ParseCompressCertificate, CompressCertificate)), "02 0002"},
		{"certificate_authorities", remarshal(inverse(ParseCertificateAuthorities, CertificateAuthorities)), "0004 0002 3000"},
		{"status_request", remarshal(inverse(ParseStatusRequest, StatusRequest)), "01 0003 0001 a1 0000"},
		{"status_request_v2", remarshal(inverse(ParseStatusRequestV2, StatusRequestV2)), "0007 02 0004 0000 0000"},
		{"signed_certificate_timestamp", remarshal(inverse(ParseSCTList, SCTList)), "0003 0001 01"},
		{"max_fragment_length", remarshal(inverse(ParseMaxFragmentLength, MaxFragmentLength)), "01"},
		{"record_size_limit", remarshal(inverse(ParseRecordSizeLimit, RecordSizeLimit)), "4001"},
		{"padding", remarshal(inverse(ParsePadding, Padding)), "0000"},
		{"heartbeat", remarshal(inverse(ParseHeartbeat, Heartbeat)), "01"},
		{"renegotiation_info", remarshal(inverse(ParseRenegotiationInfo, RenegotiationInfo)), "00"},
		{"supported_versions, client", remarshal(inverse(ParseSupportedVersions, SupportedVersions)), "04 0304 0303"},
		{"supported_versions, server", remarshal(inverse(ParseSelectedVersion, SelectedVersion)), "0304"},
		{"key_share, client", remarshal(inverse(ParseKeyShares, KeyShares)), "0005 001d 0001 ff"},
		{"key_share, server", remarshal(inverse(ParseServerKeyShare, ServerKeyShare)), "001d 0001 ff"},
		{"key_share, retry", remarshal(inverse(ParseRetryKeyShare, RetryKeyShare)), "001d"},
		{"psk_key_exchange_modes", remarshal(inverse(ParsePSKKeyExchangeModes, PSKKeyExchangeModes)), "01 01"},
		{"cookie", remarshal(inverse(ParseCookie, Cookie)), "0001 ff"},
		{"early_data", remarshal(inverse(ParseEarlyDataLimit, EarlyDataLimit)), "00004000"},
		{"pre_shared_key, client", remarshal(inverse(ParsePreSharedKey, PreSharedKey)), "0007 0001 ab 01020304 0003 02 0102"},
		{"pre_shared_key, server", remarshal(inverse(ParseSelectedPSK, SelectedPSK)), "0000"},
	}
}

func TestExtensionSeeds(t *testing.T) {
	for _, c := range extensionCodecs() {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.seed)
			if _, ok := c.again(t, b); !ok {
				t.Fatal("the seed is no such extension")
			}
			checkIdentity(t, c.again, b)
		})
	}
}

func FuzzExtension(f *testing.F) {
	codecs := extensionCodecs()
	for i, c := range codecs {
		f.Add(uint8(i), unhex(f, c.seed))
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		if len(b) < 1<<16 { // no extension is longer
			checkIdentity(t, codecs[int(which)%len(codecs)].again, b)
		}
	})
}
