package tlswire

// AlertLevel is how bad an alert is. TLS 1.3 keeps the byte and ignores it
// (RFC 8446, Section 6).
type AlertLevel uint8

// The alert levels.
const (
	AlertLevelWarning AlertLevel = 1
	AlertLevelFatal   AlertLevel = 2
)

var alertLevelNames = []named[AlertLevel]{
	{AlertLevelWarning, "warning"},
	{AlertLevelFatal, "fatal"},
}

// String is "warning", "fatal" or the number ("0x03").
func (l AlertLevel) String() string { return nameOrHex(nameIn(alertLevelNames, l), l, 2) }

// MarshalText gives what String gives.
func (l AlertLevel) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText writes, or any level as "0x" and
// hexadecimal digits.
func (l *AlertLevel) UnmarshalText(text []byte) (err error) {
	*l, err = parseCodePoint(text, "alert level", valueIn(alertLevelNames))
	return err
}
