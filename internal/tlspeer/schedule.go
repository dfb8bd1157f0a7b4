package tlspeer

import (
	"crypto/hkdf"
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"hash"
)

// schedule is the key schedule of RFC 8446, Section 7.1. It holds the current
// secret (early, handshake or master) and knows nothing of records.
type schedule struct {
	newHash func() hash.Hash
	secret  []byte
}

// newSchedule returns the schedule at the Early Secret of a PSK; nil: without one.
func newSchedule(newHash func() hash.Hash, psk []byte) (*schedule, error) {
	zeros := make([]byte, newHash().Size())
	if psk == nil {
		psk = zeros
	}
	s := &schedule{newHash: newHash}
	return s, s.extract(psk, zeros)
}

// mix goes on to the next secret with the key exchange's result; nil stands
// for the zeros that lead to the Master Secret.
func (s *schedule) mix(input []byte) error {
	salt, err := s.derive("derived", s.newHash().Sum(nil))
	if err != nil {
		return err
	}
	if input == nil {
		input = make([]byte, len(salt))
	}
	return s.extract(input, salt)
}

func (s *schedule) extract(input, salt []byte) (err error) {
	if s.secret, err = hkdf.Extract(s.newHash, input, salt); err != nil {
		return fmt.Errorf("key schedule: %w", err)
	}
	return nil
}

// derive is Derive-Secret, with the transcript hash already computed.
func (s *schedule) derive(label string, transcriptHash []byte) ([]byte, error) {
	return expandLabel(s.newHash, s.secret, label, transcriptHash, s.newHash().Size())
}

// expandLabel is HKDF-Expand-Label of RFC 8446, Section 7.1.
func expandLabel(newHash func() hash.Hash, secret []byte, label string, context []byte, length int) ([]byte, error) {
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(make([]byte, 0, 4+len(label)+len(context)), uint16(length))
	info = append(info, byte(len(label)))
	info = append(info, label...)
	info = append(info, byte(len(context)))
	info = append(info, context...)
	out, err := hkdf.Expand(newHash, secret, string(info), length)
	if err != nil {
		return nil, fmt.Errorf("expanding %q: %w", label, err)
	}
	return out, nil
}

// finishedMAC computes verify_data (RFC 8446, Section 4.4.4) under a traffic secret.
func finishedMAC(newHash func() hash.Hash, trafficSecret, transcriptHash []byte) ([]byte, error) {
	key, err := expandLabel(newHash, trafficSecret, "finished", nil, newHash().Size())
	if err != nil {
		return nil, err
	}
	mac := hmac.New(newHash, key)
	mac.Write(transcriptHash)
	return mac.Sum(nil), nil
}
