package tlswire

// ClientKeyExchange carries the client's half of the key exchange up to TLS 1.2 (RFC 5246,
// Section 7.4.7).
type ClientKeyExchange struct {
	Exchange []byte // not interpreted: its form follows from suite and version
}

// ParseClientKeyExchange takes the body of a client_key_exchange message, which aliases b. The
// error is always nil.
func ParseClientKeyExchange(b []byte) (ClientKeyExchange, error) { return ClientKeyExchange{b}, nil }

// Marshal returns the body of the message. The error is always nil.
func (c ClientKeyExchange) Marshal() ([]byte, error) { return c.Exchange, nil }
