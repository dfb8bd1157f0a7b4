package lab

import (
	"encoding/binary"

	"github.com/mailtls/mailtls/tlswire"
)

// part is one handshake message of a flight.
type part struct {
	step Step // at which a fault can interrupt it; empty: none
	kind tlswire.HandshakeType
	body []byte
}

// bytes returns the message with its header, forged if it is a ServerHello and
// the quirks say so.
func (p part) bytes(f Forge) []byte {
	n := len(p.body)
	if p.kind == tlswire.TypeServerHello && f.Length > 0 {
		n = f.Length
	}
	b := []byte{byte(p.kind), byte(n >> 16), byte(n >> 8), byte(n)}
	return append(b, p.body...)
}

// sendFlight sends messages, as few records as possible unless the quirks want it
// otherwise, and applies the faults that strike in the middle of one.
func (s *session) sendFlight(v tlswire.Version, flight []part) error {
	q := s.Server.Quirks
	var payload []byte
	for _, p := range flight {
		message := p.bytes(q.Forge)
		if q.Fault.At == AtRecord {
			return s.sendCut(v, message, 3, AtRecord)
		}
		if p.step != "" && q.Fault.At == p.step && q.Fault.Do != Drip {
			if err := s.sendHandshake(v, payload); err != nil {
				return err
			}
			return s.sendCut(v, message, tlswire.RecordHeaderLen+len(message)/2, p.step)
		}
		if p.step != "" && q.Fault.At == p.step {
			if err := s.step(p.step); err != nil {
				return err
			}
		}
		payload = append(payload, message...)
		if q.OneMessagePerRecord {
			if err := s.sendHandshake(v, payload); err != nil {
				return err
			}
			payload = nil
		}
	}
	return s.sendHandshake(v, payload)
}

// sendCut sends the first n bytes of the record that holds message, and does what
// the fault asks for.
func (s *session) sendCut(v tlswire.Version, message []byte, n int, at Step) error {
	b := s.appendRecord(nil, tlswire.ContentHandshake, v, message[:min(len(message), tlswire.MaxPlaintext)])
	n = min(n, len(b)-1)
	if _, err := s.out.Write(b[:n]); err != nil {
		return err
	}
	if err := s.step(at); err != nil {
		return err
	}
	_, err := s.out.Write(b[n:])
	return err
}

// sendHandshake sends payload in records of the size that the quirks allow.
func (s *session) sendHandshake(v tlswire.Version, payload []byte) error {
	if len(payload) == 0 {
		return nil
	}
	var b []byte
	for _, piece := range tlswire.RecordFragments(payload, s.Server.Quirks.Fragment) {
		b = s.appendRecord(b, tlswire.ContentHandshake, v, piece)
	}
	_, err := s.out.Write(b)
	return err
}

// sendRecord sends one record.
func (s *session) sendRecord(t tlswire.ContentType, v tlswire.Version, payload []byte) error {
	_, err := s.out.Write(s.appendRecord(nil, t, v, payload))
	return err
}

// appendRecord appends a record to b, with a forged header if the quirks say so.
func (s *session) appendRecord(b []byte, t tlswire.ContentType, v tlswire.Version, payload []byte) []byte {
	f := s.Server.Quirks.Forge
	if f.RecordVersion != 0 {
		v = f.RecordVersion
	}
	if v == tlswire.TLS13 {
		v = tlswire.TLS12 // RFC 8446, Section 5.1
	}
	n := len(payload)
	if f.RecordLength != 0 {
		n = f.RecordLength
	}
	b = append(b, byte(t))
	b = binary.BigEndian.AppendUint16(b, uint16(v))
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(b, payload...)
}
