package tlswire

// Version is a protocol version as it stands in records, hellos and the
// supported_versions extension. Larger numbers are newer versions, SSLv2
// included, so versions can be compared with < and >.
type Version uint16

// The versions of the protocol.
const (
	SSLv2 Version = 0x0002 // Hickman, "The SSL Protocol" (1995)
	SSLv3 Version = 0x0300 // RFC 6101
	TLS10 Version = 0x0301 // RFC 2246
	TLS11 Version = 0x0302 // RFC 4346
	TLS12 Version = 0x0303 // RFC 5246
	TLS13 Version = 0x0304 // RFC 8446
)

var versionNames = []named[Version]{
	{SSLv2, "SSLv2"},
	{SSLv3, "SSLv3"},
	{TLS10, "TLS 1.0"},
	{TLS11, "TLS 1.1"},
	{TLS12, "TLS 1.2"},
	{TLS13, "TLS 1.3"},
}

// Versions are all versions from SSLv2 to TLS 1.3, oldest first.
func Versions() []Version {
	return []Version{SSLv2, SSLv3, TLS10, TLS11, TLS12, TLS13}
}

// String is "SSLv2", "SSLv3", "TLS 1.0" … "TLS 1.3", "GREASE_0A0A" and its
// like, or the number ("0x0305").
func (v Version) String() string {
	if name := greaseName(uint16(v)); name != "" {
		return name
	}
	return nameOrHex(nameIn(versionNames, v), v, 4)
}

// MarshalText gives what String gives.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText writes, or any version as "0x" and
// hexadecimal digits.
func (v *Version) UnmarshalText(text []byte) (err error) {
	*v, err = parseCodePoint(text, "protocol version", versionByName)
	return err
}

func versionByName(name string) (Version, bool) {
	if value, ok := greaseByName(name); ok {
		return Version(value), true
	}
	return valueIn(versionNames)(name)
}
