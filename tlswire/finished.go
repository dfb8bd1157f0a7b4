package tlswire

// Finished ends a handshake: 36 bytes in SSLv3 (RFC 6101, Section 5.6.9), 12 in TLS 1.0 to 1.2
// (RFC 5246, Section 7.4.9), as many as the suite's hash has in TLS 1.3 (RFC 8446, Section
// 4.4.4).
type Finished struct {
	VerifyData []byte
}

// ParseFinished takes the body of a finished message, all of which is VerifyData and aliases b.
// The error is always nil.
func ParseFinished(b []byte) (Finished, error) { return Finished{b}, nil }

// Marshal returns the body of the message. The error is always nil.
func (f Finished) Marshal() ([]byte, error) { return f.VerifyData, nil }
