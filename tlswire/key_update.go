package tlswire

// KeyUpdate changes the sender's keys in TLS 1.3 (RFC 8446, Section 4.6.3).
type KeyUpdate struct {
	Requested bool // the other side has to change its keys too
}

// ParseKeyUpdate parses the body of a key_update message. The error is ErrMalformed.
func ParseKeyUpdate(b []byte) (KeyUpdate, error) {
	if len(b) != 1 || b[0] > 1 {
		return KeyUpdate{}, malformed("key update", "request")
	}
	return KeyUpdate{b[0] == 1}, nil
}

// Marshal returns the body of the message. The error is always nil.
func (k KeyUpdate) Marshal() ([]byte, error) {
	if k.Requested {
		return []byte{1}, nil
	}
	return []byte{0}, nil
}
