package lab

import (
	"bytes"
	"crypto/rand"

	"github.com/mailtls/mailtls/tlswire"
)

// flood answers a hello with one thing until the client hangs up, or with one
// thing that is larger than anybody wants.
func (s *session) flood(f Flood) error {
	switch f {
	case FloodBigChain, FloodManyCerts, FloodZeroCerts:
		return s.floodCertificates(f)
	case FloodStatus:
		return s.floodStatus()
	case FloodFragments:
		return s.floodFragments()
	case FloodGarbage:
		b := make([]byte, 1<<14)
		rand.Read(b)
		return s.endless(append([]byte{0x16, 3, 3, 0x40, 0}, b...))
	}
	unit := s.floodRecord(f)
	return s.endless(bytes.Repeat(unit, 1+(1<<14)/len(unit)))
}

// floodRecord returns the record that a flood repeats.
func (s *session) floodRecord(f Flood) []byte {
	record := func(t tlswire.ContentType, payload ...byte) []byte {
		return s.appendRecord(nil, t, tlswire.TLS12, payload)
	}
	switch f {
	case FloodWarnings:
		return record(tlswire.ContentAlert, byte(tlswire.AlertLevelWarning), byte(tlswire.AlertUserCanceled))
	case FloodServerHellos:
		return record(tlswire.ContentHandshake, s.plainHello(tlswire.ServerHello{}, 0xc02f)...)
	case FloodRetries:
		return record(tlswire.ContentHandshake, s.plainHello(retry(), tlswire.TLS_AES_128_GCM_SHA256)...)
	case FloodTickets:
		ticket, _ := tlswire.NewSessionTicket{LifetimeHint: 1, Ticket: make([]byte, 1<<10)}.Marshal()
		return record(tlswire.ContentHandshake, part{kind: tlswire.TypeNewSessionTicket, body: ticket}.bytes(Forge{})...)
	case FloodApplicationData:
		return record(tlswire.ContentApplicationData, make([]byte, 1<<10)...)
	case FloodHelloRequests:
		return record(tlswire.ContentHandshake, byte(tlswire.TypeHelloRequest), 0, 0, 0)
	case FloodHeartbeats:
		return record(tlswire.ContentHeartbeat, append([]byte{1, 0, 4, 'p', 'i', 'n', 'g'}, make([]byte, 16)...)...)
	case FloodCCS:
		return record(tlswire.ContentChangeCipherSpec, 1)
	}
	return record(tlswire.ContentHandshake)
}

// retry returns the beginnings of a HelloRetryRequest for secp521r1.
func retry() tlswire.ServerHello {
	return tlswire.ServerHello{Random: tlswire.HelloRetryRequestRandom, Extensions: []tlswire.Extension{
		tlswire.SelectedVersion(tlswire.TLS13), tlswire.RetryKeyShare(tlswire.Secp521r1)}}
}

// plainHello returns h as a handshake message of TLS 1.2 with the given suite.
func (s *session) plainHello(h tlswire.ServerHello, suite tlswire.Suite) []byte {
	h.Version, h.Suite = tlswire.TLS12, suite
	body, _ := h.Marshal() // nothing in it can be too long
	return part{kind: tlswire.TypeServerHello, body: body}.bytes(Forge{})
}

// largest is the most that the length of a handshake message can say.
const largest = 1<<24 - 1

// floodCertificates sends a ServerHello and the chain of the flood.
func (s *session) floodCertificates(f Flood) error {
	if err := s.sendHandshake(tlswire.TLS12, s.plainHello(tlswire.ServerHello{}, 0xc02f)); err != nil {
		return err
	}
	var entry []byte
	count := 10000
	switch f {
	case FloodBigChain:
		entry = append(uint24(1<<16), make([]byte, 1<<16)...)
		count = (largest - 3) / len(entry)
	case FloodZeroCerts:
		entry = uint24(0)
	default:
		if len(s.identities) > 0 {
			der := s.identities[0].chain[0]
			entry = append(uint24(len(der)), der...)
		}
	}
	n := count * len(entry)
	head := append([]byte{byte(tlswire.TypeCertificate)}, uint24(3+n)...)
	if err := s.sendHandshake(tlswire.TLS12, append(head, uint24(n)...)); err != nil {
		return err
	}
	return s.repeat(entry, count)
}

// floodStatus sends a ServerHello, the server's chain and an OCSP response of 16 MB.
func (s *session) floodStatus() error {
	answer := s.plainHello(tlswire.ServerHello{Extensions: []tlswire.Extension{{Type: tlswire.ExtensionStatusRequest}}}, 0xc02f)
	if len(s.identities) > 0 {
		chain, err := tlswire.Certificate{Chain: s.identities[0].chain}.Marshal()
		if err != nil {
			return err
		}
		answer = append(answer, part{kind: tlswire.TypeCertificate, body: chain}.bytes(Forge{})...)
	}
	answer = append(answer, byte(tlswire.TypeCertificateStatus))
	answer = append(append(answer, uint24(largest)...), byte(tlswire.StatusOCSP))
	if err := s.sendHandshake(tlswire.TLS12, append(answer, uint24(largest-4)...)); err != nil {
		return err
	}
	return s.repeat(make([]byte, 1<<12), (largest-4)/(1<<12))
}

// repeat sends handshake payload unit n times, in pieces, and then falls silent.
func (s *session) repeat(unit []byte, n int) error {
	batch := max(1, tlswire.MaxPlaintext/max(1, len(unit)))
	for ; n > 0; n -= batch {
		if err := s.sendHandshake(tlswire.TLS12, bytes.Repeat(unit, min(n, batch))); err != nil {
			return err
		}
	}
	return s.silence()
}

// floodFragments sends a Certificate message of a million bytes, one per record.
func (s *session) floodFragments() error {
	const n = 1_000_000
	if err := s.sendHandshake(tlswire.TLS12, s.plainHello(tlswire.ServerHello{}, 0xc02f)); err != nil {
		return err
	}
	head := append([]byte{byte(tlswire.TypeCertificate)}, uint24(n)...)
	if err := s.sendHandshake(tlswire.TLS12, head); err != nil {
		return err
	}
	const batch = 1000
	var records []byte
	for range batch {
		records = s.appendRecord(records, tlswire.ContentHandshake, tlswire.TLS12, []byte{0})
	}
	for range n / batch {
		if _, err := s.out.Write(records); err != nil {
			return err
		}
	}
	return s.silence()
}
