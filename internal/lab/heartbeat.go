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
	// HeartbeatLeaks answers with as much of its memory as is claimed, as OpenSSL did up to 1.0.1f (CVE-2014-0160).
	HeartbeatLeaks Heartbeat = "leaks"
	// HeartbeatLax takes padding for payload, but nothing beyond the request.
	HeartbeatLax Heartbeat = "lax"
	// HeartbeatEchoes sends every request back as it came, type and all.
	HeartbeatEchoes Heartbeat = "echoes"
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
	if answer == nil {
		return nil
	}
	return s.sendRecord(tlswire.ContentHeartbeat, v, answer)
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
	default:
		have = have[:max(0, len(have)-heartbeatPadding)]
	}
	if claimed > len(have) {
		return nil, true
	}
	answer = append([]byte{2, payload[1], payload[2]}, have[:claimed]...)
	return append(answer, make([]byte, heartbeatPadding)...), true
}
