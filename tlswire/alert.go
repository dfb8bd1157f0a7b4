package tlswire

import "fmt"

// Alert is the content of an alert record (RFC 8446, Section 6).
type Alert struct {
	Level       AlertLevel       `json:"level"`
	Description AlertDescription `json:"description"`
}

// ParseAlert parses the payload of an alert record in the clear. The error is ErrMalformed for
// any length but two: encrypted alerts are longer.
func ParseAlert(b []byte) (Alert, error) {
	if len(b) != 2 {
		return Alert{}, malformed("alert", "length")
	}
	return Alert{AlertLevel(b[0]), AlertDescription(b[1])}, nil
}

// Marshal returns the payload of the record. The error is always nil.
func (a Alert) Marshal() ([]byte, error) { return []byte{byte(a.Level), byte(a.Description)}, nil }

// String is level and description, as in "fatal handshake_failure".
func (a Alert) String() string { return fmt.Sprintf("%v %v", a.Level, a.Description) }
