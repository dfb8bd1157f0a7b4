package lab

import (
	"bytes"
	"encoding/binary"

	"github.com/mailtls/mailtls/tlswire"
)

// Heartbeat is how a server with heartbeats answers requests that claim more
// payload than they have (RFC 6520, Section 4).
type Heartbeat string

// The ways. The zero value is the right one: they are discarded.
const (
	HeartbeatStrict Heartbeat = ""
	// HeartbeatLeaks answers with as much of its memory as is claimed, as OpenSSL did up to 1.0.1f (CVE-2014-0160). Like OpenSSL in a
	// handshake it keeps up to 4096 bytes back until it has more to say, be it a fatal alert.
	HeartbeatLeaks Heartbeat = "leaks"
	// HeartbeatLax takes padding for payload, but nothing beyond the request.
	HeartbeatLax Heartbeat = "lax"
	// HeartbeatEchoes sends every request back as it came, type and all.
	HeartbeatEchoes Heartbeat = "echoes"
	// HeartbeatClamps answers with as much as the request has, padding included, and says that it is that much.
	HeartbeatClamps Heartbeat = "clamps"
	// HeartbeatAlerts breaks off at every request.
	HeartbeatAlerts Heartbeat = "alerts"
)

const heartbeatPadding = 16

// answerHeartbeat answers one request in the clear; payload is that of its record.
func (s *session) answerHeartbeat(v tlswire.Version, payload []byte) error {
	answer, ok := s.heartbeat(payload)
	if !ok {
		return s.alert(v, tlswire.AlertLevelFatal, tlswire.AlertUnexpectedMessage)
	}
	switch {
	case answer == nil:
		return nil
	case s.Server.Quirks.Heartbeat == HeartbeatLeaks:
		return s.holdBack(s.appendRecord(nil, tlswire.ContentHeartbeat, v, answer))
	}
	return s.sendRecord(tlswire.ContentHeartbeat, v, answer)
}

// heldBack is how many bytes OpenSSL collects in a handshake before it sends any.
const heldBack = 4096

// holdBack sends raw once there is enough of it; release sends what there is.
func (s *session) holdBack(raw []byte) error {
	if s.held = append(s.held, raw...); len(s.held) < heldBack {
		return nil
	}
	return s.release()
}

func (s *session) release() error {
	_, err := s.out.Write(s.held)
	s.held = nil
	return err
}

// heartbeat returns the answer to a request, nil where it is discarded, or false where the server breaks off.
func (s *session) heartbeat(payload []byte) (answer []byte, ok bool) {
	switch s.Server.Quirks.Heartbeat {
	case HeartbeatEchoes:
		return payload, true
	case HeartbeatAlerts:
		return nil, false
	}
	if len(payload) < 3 || payload[0] != 1 {
		return nil, true
	}
	claimed, have := int(binary.BigEndian.Uint16(payload[1:])), payload[3:]
	switch s.Server.Quirks.Heartbeat {
	case HeartbeatLeaks:
		have = append(bytes.Clone(have), bytes.Repeat([]byte("memory"), claimed/6+1)...)
	case HeartbeatLax:
	case HeartbeatClamps:
		claimed = min(claimed, len(have))
	default:
		have = have[:max(0, len(have)-heartbeatPadding)]
	}
	if claimed > len(have) {
		return nil, true
	}
	answer = append(binary.BigEndian.AppendUint16([]byte{2}, uint16(claimed)), have[:claimed]...)
	return append(answer, make([]byte, heartbeatPadding)...), true
}
