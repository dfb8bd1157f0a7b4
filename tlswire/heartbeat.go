package tlswire

import "golang.org/x/crypto/cryptobyte"

// HeartbeatMessageType tells requests from responses (RFC 6520, Section 3).
type HeartbeatMessageType uint8

// The heartbeat message types.
const (
	HeartbeatRequest  HeartbeatMessageType = 1
	HeartbeatResponse HeartbeatMessageType = 2
)

// HeartbeatMinPadding is the least padding, in bytes, of a message that a peer may answer (RFC
// 6520, Section 4).
const HeartbeatMinPadding = 16

// HeartbeatMessage is the content of a heartbeat record (RFC 6520, Section 4).
type HeartbeatMessage struct {
	Type    HeartbeatMessageType
	Payload []byte
	Padding []byte
}

// ParseHeartbeatMessage parses the payload of a heartbeat record. The fields alias b. The error
// is ErrMalformed, above all for a payload length beyond the end of the record.
func ParseHeartbeatMessage(b []byte) (HeartbeatMessage, error) {
	var m HeartbeatMessage
	s := cryptobyte.String(b)
	if !readUint8(&s, &m.Type) || !readOpaque16(&s, &m.Payload) {
		return HeartbeatMessage{}, malformed("heartbeat", "payload")
	}
	m.Padding = s
	return m, nil
}

// Marshal returns the payload of the record. The error is a Payload that does not fit its
// length.
func (m HeartbeatMessage) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(uint8(m.Type))
	addOpaque16(&b, m.Payload)
	b.AddBytes(m.Padding)
	out, err := b.Bytes()
	return marshalled("heartbeat", out, err)
}
