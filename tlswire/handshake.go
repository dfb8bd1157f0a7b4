package tlswire

import "fmt"

const (
	// HandshakeHeaderLen is the length in bytes of the header of a handshake message: type,
	// length.
	HandshakeHeaderLen = 4
	// DefaultMaxMessage is the limit in bytes of a HandshakeBuffer that sets none. Real chains
	// with post-quantum signatures stay below 100 kB.
	DefaultMaxMessage = 1 << 20
)

// Handshake is one framed handshake message (RFC 8446, Section 4). Body is what the Parse
// functions of the messages take.
type Handshake struct {
	Type HandshakeType
	Body []byte
}

// ParseHandshake reads the message at the start of b and returns it with n, the number of bytes
// it takes. Body aliases b. The only error is ErrShort: more bytes are needed.
func ParseHandshake(b []byte) (h Handshake, n int, err error) {
	if len(b) < HandshakeHeaderLen {
		return Handshake{}, 0, fmt.Errorf("parsing handshake header: %w", ErrShort)
	}
	n = HandshakeHeaderLen + uint24(b[1:])
	if len(b) < n {
		return Handshake{}, 0, fmt.Errorf("parsing handshake body: %w", ErrShort)
	}
	return Handshake{HandshakeType(b[0]), b[HandshakeHeaderLen:n:n]}, n, nil
}

func uint24(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// Append appends the message to b. The only error is a body that its 24-bit length cannot
// express.
func (h Handshake) Append(b []byte) ([]byte, error) {
	n := len(h.Body)
	if n >= 1<<24 {
		return nil, fmt.Errorf("marshalling handshake message of %d bytes: %w", n, ErrTooLarge)
	}
	return append(append(b, byte(h.Type), byte(n>>16), byte(n>>8), byte(n)), h.Body...), nil
}

// HandshakeBuffer turns the payloads of handshake records back into messages, which may share
// records and span them (RFC 8446, Section 5.1). The zero value is ready for use.
type HandshakeBuffer struct {
	// MaxMessage is the longest body accepted, in bytes; 0 means DefaultMaxMessage.
	MaxMessage int

	buf  []byte
	done int // bytes at the start of buf that Next has handed out
}

// Feed adds the payload of the next handshake record, which the caller may reuse afterwards.
// Calling Next until it has nothing more before the next Feed keeps memory within one message
// and one record.
func (b *HandshakeBuffer) Feed(payload []byte) {
	if b.done > 0 {
		b.buf = b.buf[:copy(b.buf, b.buf[b.done:])]
		b.done = 0
	}
	b.buf = append(b.buf, payload...)
}

// Next returns the next whole message, whose Body the caller may keep, or false when more
// payload is needed. The error is ErrTooLarge as soon as a header announces more than
// MaxMessage; it stays.
func (b *HandshakeBuffer) Next() (Handshake, bool, error) {
	rest := b.buf[b.done:]
	if len(rest) < HandshakeHeaderLen {
		return Handshake{}, false, nil
	}
	if size := uint24(rest[1:]); size > b.limit() {
		return Handshake{}, false, fmt.Errorf("reading handshake message %v of %d bytes: %w", HandshakeType(rest[0]), size, ErrTooLarge)
	}
	h, n, err := ParseHandshake(rest)
	if err != nil { // only ever ErrShort
		return Handshake{}, false, nil
	}
	b.done += n
	return Handshake{h.Type, append([]byte{}, h.Body...)}, true, nil
}

func (b *HandshakeBuffer) limit() int {
	if b.MaxMessage <= 0 {
		return DefaultMaxMessage
	}
	return b.MaxMessage
}

// Pending returns the number of bytes fed and not yet returned: above 0 where a version changes
// keys, a message illegally spans the change.
func (b *HandshakeBuffer) Pending() int { return len(b.buf) - b.done }
