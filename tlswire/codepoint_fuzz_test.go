package tlswire

import "testing"

// FuzzUnmarshalText feeds any text to every type: what is accepted must have a
// text of its own that means the same.
func FuzzUnmarshalText(f *testing.F) {
	for _, seed := range []string{
		"TLS 1.2", "0x0303", "TLS_FALLBACK_SCSV", "RC4-MD5", "GREASE_0A0A", "0x010080", "x25519", "P-256",
		"RSA+SHA256", "server_name", "close_notify", "fatal", "DEFLATE", "handshake", "client_hello", "0xFFFFFFFFFF", "(private) GOST-MD5",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		comesBack(t, text, (*Version).UnmarshalText)
		comesBack(t, text, (*Suite).UnmarshalText)
		comesBack(t, text, (*Group).UnmarshalText)
		comesBack(t, text, (*SignatureScheme).UnmarshalText)
		comesBack(t, text, (*ExtensionType).UnmarshalText)
		comesBack(t, text, (*AlertDescription).UnmarshalText)
		comesBack(t, text, (*AlertLevel).UnmarshalText)
		comesBack(t, text, (*CompressionMethod).UnmarshalText)
		comesBack(t, text, (*ContentType).UnmarshalText)
		comesBack(t, text, (*HandshakeType).UnmarshalText)
	})
}

func comesBack[T textPoint](t *testing.T, text []byte, unmarshal func(*T, []byte) error) {
	var value, back T
	if unmarshal(&value, text) != nil {
		return
	}
	if err := unmarshal(&back, []byte(value.String())); err != nil || back != value {
		t.Errorf("%T: %q is %v, which reads as %v (%v)", value, text, value, back, err)
	}
}
