package tlswire

import (
	"encoding"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// textPoint is what every code point type offers.
type textPoint interface {
	comparable
	codePoint
	encoding.TextMarshaler
	fmt.Stringer
}

// roundTrip checks that text and JSON of every one of the first limit values
// come back as the value, and that no two values share a text.
func roundTrip[T textPoint](t *testing.T, limit uint64, unmarshal func(*T, []byte) error) {
	t.Helper()
	seen := make(map[string]T, limit)
	for i := range limit {
		value := T(i)
		text, err := value.MarshalText()
		if err != nil || string(text) != value.String() {
			t.Fatalf("%#x: text %q, String %q, error %v", i, text, value.String(), err)
		}
		if other, taken := seen[string(text)]; taken {
			t.Fatalf("%#x and %#x are both %q", uint64(other), i, text)
		}
		seen[string(text)] = value
		var back T
		if err := unmarshal(&back, text); err != nil || back != value {
			t.Fatalf("%q came back as %#x (%v), not as %#x", text, uint64(back), err, i)
		}
	}
	jsonRoundTrip(t, seen)
}

// jsonRoundTrip sends all values through JSON as keys of a map.
func jsonRoundTrip[T textPoint](t *testing.T, values map[string]T) {
	t.Helper()
	keys := make(map[T]T, len(values))
	for _, value := range values {
		keys[value] = value
	}
	encoded, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var back map[T]T
	if err := json.Unmarshal(encoded, &back); err != nil {
		t.Fatal(err)
	}
	if len(back) != len(keys) {
		t.Fatalf("%d keys came back as %d", len(keys), len(back))
	}
	for key, value := range back {
		if key != value {
			t.Errorf("key %v has value %v", key, value)
		}
	}
}

func TestTextRoundTrips(t *testing.T) {
	t.Run("Version", func(t *testing.T) { roundTrip(t, 0x10000, (*Version).UnmarshalText) })
	t.Run("Suite", func(t *testing.T) { roundTrip(t, 0x30000, (*Suite).UnmarshalText) })
	t.Run("Group", func(t *testing.T) { roundTrip(t, 0x10000, (*Group).UnmarshalText) })
	t.Run("SignatureScheme", func(t *testing.T) { roundTrip(t, 0x10000, (*SignatureScheme).UnmarshalText) })
	t.Run("ExtensionType", func(t *testing.T) { roundTrip(t, 0x10000, (*ExtensionType).UnmarshalText) })
	t.Run("AlertDescription", func(t *testing.T) { roundTrip(t, 0x100, (*AlertDescription).UnmarshalText) })
	t.Run("AlertLevel", func(t *testing.T) { roundTrip(t, 0x100, (*AlertLevel).UnmarshalText) })
	t.Run("CompressionMethod", func(t *testing.T) { roundTrip(t, 0x100, (*CompressionMethod).UnmarshalText) })
	t.Run("ContentType", func(t *testing.T) { roundTrip(t, 0x100, (*ContentType).UnmarshalText) })
	t.Run("HandshakeType", func(t *testing.T) { roundTrip(t, 0x100, (*HandshakeType).UnmarshalText) })
}

func TestTextOfCodePoints(t *testing.T) {
	tests := []struct {
		value fmt.Stringer
		want  string
	}{
		{SSLv2, "SSLv2"}, {SSLv3, "SSLv3"}, {TLS10, "TLS 1.0"}, {TLS13, "TLS 1.3"},
		{Version(0x0305), "0x0305"}, {Version(0x7F1C), "0x7F1C"}, {Version(0x1A1A), "GREASE_1A1A"},
		{Suite(0xC02F), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, {Suite(0x0A0A), "GREASE_0A0A"},
		{FallbackSCSV, "TLS_FALLBACK_SCSV"}, {EmptyRenegotiationInfoSCSV, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
		{Suite(0x010080), "SSL_CK_RC4_128_WITH_MD5"}, {Suite(0x1234), "0x1234"}, {Suite(0x123456), "0x123456"},
		{Suite(0x010081), "0x010081"}, {Suite(0x010A0A), "0x010A0A"},
		{X25519, "x25519"}, {X25519MLKEM768, "X25519MLKEM768"}, {Group(0x1234), "0x1234"}, {Group(0xFAFA), "GREASE_FAFA"},
		{RSAPSSRSAESHA256, "rsa_pss_rsae_sha256"}, {SignatureScheme(0x1234), "0x1234"},
		{ExtensionServerName, "server_name"}, {ExtensionRenegotiationInfo, "renegotiation_info"},
		{AlertHandshakeFailure, "handshake_failure"}, {AlertDescription(1), "0x01"}, {AlertLevelFatal, "fatal"},
		{CompressionDEFLATE, "DEFLATE"}, {ContentHandshake, "handshake"}, {TypeClientHello, "client_hello"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			if got := test.value.String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNumbersAreRead(t *testing.T) {
	tests := []struct {
		text string
		want Suite
		bad  bool
	}{
		{text: "0x1301", want: TLS_AES_128_GCM_SHA256},
		{text: "0xc02f", want: 0xC02F},
		{text: "0x010080", want: 0x010080},
		{text: "AES128-SHA", want: 0x002F},
		{text: "TLS_RSA_AES_128_CBC_SHA1", want: 0x002F},
		{text: "0x1000000", bad: true},
		{text: "0xFFFFFFFFF", bad: true},
		{text: "0x", bad: true},
		{text: "0x+1", bad: true},
		{text: "1301", bad: true},
		{text: "", bad: true},
		{text: "GREASE_0A0B", bad: true},
		{text: "GREASE_+A0A", bad: true},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got := Suite(0xBEEF)
			err := got.UnmarshalText([]byte(test.text))
			switch {
			case test.bad && (err == nil || got != 0xBEEF && got != 0):
				t.Errorf("got %v and error %v, want an error", got, err)
			case !test.bad && (err != nil || got != test.want):
				t.Errorf("got %v and error %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestErrorsNameTheKindAndTheText(t *testing.T) {
	var d AlertDescription
	err := d.UnmarshalText([]byte("0x100"))
	if err == nil || !strings.Contains(err.Error(), "alert description") || !strings.Contains(err.Error(), "0x100") {
		t.Errorf("got error %v", err)
	}
}

func TestGREASE(t *testing.T) {
	var count int
	for value := range 0x10000 {
		if IsGREASE(uint16(value)) {
			count++
		}
	}
	if count != 16 || !IsGREASE(0x0A0A) || !IsGREASE(0xFAFA) || IsGREASE(0x0A1A) || IsGREASE(0x0B0B) {
		t.Errorf("%d values are GREASE, want the sixteen of RFC 8701", count)
	}
}

func TestVersionsAreInOrder(t *testing.T) {
	versions := Versions()
	for i := 1; i < len(versions); i++ {
		if versions[i-1] >= versions[i] {
			t.Errorf("%v does not come before %v", versions[i-1], versions[i])
		}
	}
	if versions[0] != SSLv2 || versions[len(versions)-1] != TLS13 {
		t.Errorf("versions are %v", versions)
	}
}
