package tlswire

// ChangeCipherSpec is the content of a change_cipher_spec record, always one byte 1 (RFC 5246,
// Section 7.1; RFC 8446, Appendix D.4).
type ChangeCipherSpec struct{}

// ParseChangeCipherSpec parses the payload of a change_cipher_spec record. The error is
// ErrMalformed.
func ParseChangeCipherSpec(b []byte) (ChangeCipherSpec, error) {
	if len(b) != 1 || b[0] != 1 {
		return ChangeCipherSpec{}, malformed("change cipher spec", "content")
	}
	return ChangeCipherSpec{}, nil
}

// Marshal returns the payload of the record. The error is always nil.
func (ChangeCipherSpec) Marshal() ([]byte, error) { return []byte{1}, nil }
