package lab

import (
	"crypto/rand"
	"io"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// maxHelloV2 is the longest SSLv2 record in bytes that the lab reads.
const maxHelloV2 = 4096

// readHelloV2 reads a CLIENT-HELLO of SSLv2, which may be one for a later version
// (RFC 5246, Appendix E.2).
func (s *session) readHelloV2() (hello, error) {
	head, err := s.in.Peek(4)
	if err != nil {
		return hello{}, err
	}
	if tlswire.Sniff(head) != tlswire.FramingSSLv2 { // or one would wait for the rest of a record that is none
		return hello{}, errNotHello
	}
	n := 2 + int(head[0]&0x7f)<<8 + int(head[1])
	if head[0]&0x80 == 0 {
		n = 3 + int(head[0]&0x3f)<<8 + int(head[1])
	}
	if n > maxHelloV2 || n < 12 {
		return hello{}, errNotHello
	}
	h := hello{raw: make([]byte, n), records: 1, length: n}
	if _, err := io.ReadFull(s.in, h.raw); err != nil {
		return hello{}, err
	}
	record, _, err := tlswire.ParseRecordV2(h.raw)
	if err != nil {
		return hello{}, errNotHello
	}
	v2, err := tlswire.ParseClientHelloV2(record.Payload)
	if err != nil {
		return hello{}, errNotHello
	}
	h.v2, h.message = &v2, record.Payload
	h.Version, h.Suites = v2.Version, v2.Ciphers
	h.CompressionMethods = []tlswire.CompressionMethod{0}
	copy(h.Random[max(0, 32-len(v2.Challenge)):], v2.Challenge)
	return h, nil
}

// helloV2 answers a client that wants SSLv2: with the certificate and all cipher
// kinds that both have, of which there may be none.
func (s *session) helloV2(h *hello) error {
	id := s.shown(h, (*identity).rsaKey)
	if !s.Server.accepts(tlswire.SSLv2) || id == nil {
		return s.refuse(tlswire.AlertProtocolVersion)
	}
	answer := tlswire.ServerHelloV2{CertificateType: tlswire.CertificateTypeX509, Version: tlswire.SSLv2,
		Certificate: s.chain(id)[0], ConnectionID: make([]byte, 16)}
	for _, suite := range s.Server.Suites[tlswire.SSLv2] {
		if slices.Contains(h.Suites, suite) {
			answer.Ciphers = append(answer.Ciphers, suite)
		}
	}
	rand.Read(answer.ConnectionID)
	body, err := answer.Marshal()
	if err != nil {
		return err
	}
	record, err := tlswire.RecordV2{Payload: body}.Append(nil)
	if err != nil {
		return err
	}
	if _, err := s.out.Write(record); err != nil {
		return err
	}
	return s.masterKey(id, h, answer)
}
