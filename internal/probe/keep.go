package probe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/x509lax"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// keptBytes is how much is kept of tickets, stapled responses and ephemeral keys of finite fields. Of the latter it is
// the end, enough to tell one from another. Nothing is kept of signatures: each is different, and cannot be compressed.
const keptBytes = 16

func sinceBegun(c *connection) time.Duration { return micros(time.Since(c.begun)) }

// micros rounds up to microseconds, since more digits say nothing and cannot be compressed.
func micros(d time.Duration) time.Duration {
	return (d + time.Microsecond - 1).Truncate(time.Microsecond)
}

// take keeps one handshake message of the server.
func (c *connection) take(m tlswire.Handshake) error {
	kept := evidence.Message{Type: m.Type}
	if len(m.Body) > 0 { // an empty body is none, as in JSON
		kept.Body = m.Body
	}
	var err error
	switch m.Type {
	case tlswire.TypeServerHello:
		err = c.takeHello(m.Body)
	case tlswire.TypeCertificate:
		kept.Body, err = nil, c.takeCertificate(&kept, m.Body)
	case tlswire.TypeServerKeyExchange:
		kept.Body = c.shortenExchange(m.Body)
	case tlswire.TypeCertificateVerify:
		kept.Body = shortenVerify(m.Body, c.version)
	case tlswire.TypeNewSessionTicket:
		kept.ZeroKey = sealedWithZeros(ticketIn(m.Body, c.version))
		kept.Body = shortenTicket(m.Body, c.version)
	case tlswire.TypeCertificateStatus:
		kept.Staple = c.keepStaple(m.Body)
		kept.Body = m.Body[:min(len(m.Body), keptBytes)]
	case tlswire.TypeFinished:
		kept.Body = m.Body[:min(len(m.Body), keptBytes)]
	}
	if len(kept.Body) != len(m.Body) {
		kept.Length = len(m.Body)
	}
	c.obs.Messages = append(c.obs.Messages, kept)
	return err
}

func (c *connection) takeHello(body []byte) error {
	h, err := tlswire.ParseServerHello(body)
	c.version, c.suite = h.NegotiatedVersion(), h.Suite
	return err
}

// takeCertificate keeps the chain once for all connections that show it.
func (c *connection) takeCertificate(kept *evidence.Message, body []byte) error {
	var chain [][]byte
	if c.version == tlswire.TLS13 {
		m, err := tlswire.ParseCertificateTLS13(body)
		if err != nil {
			return err
		}
		chain = m.Chain()
		if status, ok := stapleOf(m); ok {
			kept.Stapled, kept.Staple = true, c.keepStaple(status)
		}
	} else {
		m, err := tlswire.ParseCertificate(body)
		if err != nil {
			return err
		}
		chain = m.Chain
	}
	kept.Certificates = c.keepChain(chain)
	return nil
}

// stapleOf is the extension of the first certificate that carries an OCSP response (RFC 8446, Section 4.4.2.1).
func stapleOf(m tlswire.CertificateTLS13) (status []byte, ok bool) {
	if len(m.Entries) == 0 {
		return nil, false
	}
	x, ok := tlswire.Find(m.Entries[0].Extensions, tlswire.ExtensionStatusRequest)
	return x.Data, ok
}

const (
	maxChain  = 32 // how many certificates of one chain are kept
	maxKeys   = 16 // how many keys are made to compare those of certificates with; an honest server needs none or one
	keyLength = 16 // of keys of blobs, in hexadecimal digits
)

// maxStaples is how many different OCSP responses are kept. An honest server has one for each of its certificates.
const maxStaples = 16

// keepStaple keeps the first OCSP response of a CertificateStatus once for all connections that show it, and returns its
// key; none if there is no response in it, or if it is beyond the limits.
func (s *Session) keepStaple(status []byte) string {
	m, err := tlswire.ParseCertificateStatus(status)
	if err != nil || len(m.Responses) == 0 || len(m.Responses[0]) == 0 || len(m.Responses[0]) > x509lax.MaxOCSP {
		return ""
	}
	sum := sha256.Sum256(m.Responses[0])
	key := hex.EncodeToString(sum[:keyLength/2])
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ep.Blobs.Staples[key] != nil:
		return key
	case len(s.ep.Blobs.Staples) == maxStaples:
		return ""
	}
	s.ep.Blobs.Staples[key] = bytes.Clone(m.Responses[0])
	return key
}

// keepChain keeps each certificate once, and returns their keys.
func (s *Session) keepChain(chain [][]byte) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for _, der := range chain[:min(len(chain), maxChain)] {
		key, known := certificateKey(s.ep.Blobs.Certificates, der)
		if !known {
			cert := x509lax.Read(bytes.Clone(der))
			x509lax.CompareDebian(cert, &s.keys)
			s.ep.Blobs.Certificates[key] = cert
		}
		keys = append(keys, key)
	}
	return keys
}

// certificateKey returns the key of a certificate among others, and whether it is there: the beginning of its hash, long
// enough to tell them apart even where somebody made hashes that begin alike.
func certificateKey(others map[string]*evidence.Certificate, der []byte) (key string, known bool) {
	sum := sha256.Sum256(der)
	hash := hex.EncodeToString(sum[:])
	for n := keyLength; n < len(hash); n += keyLength {
		c := others[hash[:n]]
		if c == nil || c.SHA256 == hash {
			return hash[:n], c != nil
		}
	}
	return hash, others[hash] != nil
}

// shortenExchange cuts the signature and the head of a finite-field key.
func (c *connection) shortenExchange(body []byte) []byte {
	info, ok := c.suite.Info()
	if !ok {
		return body
	}
	k, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, info.Anonymous, c.version)
	if err != nil {
		return body
	}
	k.Signature = k.Signature[:0]
	if k.DH != nil {
		k.DH.Y = k.DH.Y[max(0, len(k.DH.Y)-keptBytes):]
	}
	return orBody(k.Marshal, body)
}

func shortenVerify(body []byte, v tlswire.Version) []byte {
	m, err := tlswire.ParseCertificateVerify(body, v)
	if err != nil {
		return body
	}
	m.Signature = nil
	return orBody(m.Marshal, body)
}

// ticketIn returns the ticket of a NewSessionTicket, nil if it cannot be read.
func ticketIn(body []byte, v tlswire.Version) []byte {
	if v != tlswire.TLS13 {
		m, _ := tlswire.ParseNewSessionTicket(body)
		return m.Ticket
	}
	m, _ := tlswire.ParseNewSessionTicketTLS13(body)
	return m.Ticket
}

func shortenTicket(body []byte, v tlswire.Version) []byte {
	if v != tlswire.TLS13 {
		m, err := tlswire.ParseNewSessionTicket(body)
		if err != nil {
			return body
		}
		m.Ticket = m.Ticket[:min(len(m.Ticket), keptBytes)]
		return orBody(m.Marshal, body)
	}
	m, err := tlswire.ParseNewSessionTicketTLS13(body)
	if err != nil {
		return body
	}
	m.Ticket = m.Ticket[:min(len(m.Ticket), keptBytes)]
	return orBody(m.Marshal, body)
}

func orBody(marshal func() ([]byte, error), body []byte) []byte {
	if short, err := marshal(); err == nil {
		return short
	}
	return body
}

// keepDialogue keeps a dialogue once for all connections in which it was the same, and returns its key.
func (s *Session) keepDialogue(res *starttls.Result) string {
	d := &evidence.Dialogue{Outcome: string(res.Outcome), Step: string(res.Step), Greeting: res.Greeting,
		Capabilities: capabilities(res.Before), Why: whyNot(res), BeforeTLS: asked(res)}
	if res.Outcome != starttls.Ready {
		d.Reply = fmt.Sprintf("%s %s", res.Reply.Status, res.Reply.Text)
	}
	for _, l := range res.Dialogue.Lines {
		d.Lines = append(d.Lines, evidence.Line{From: string(l.From), Text: l.Text, Raw: l.Raw})
	}
	raw, _ := json.Marshal(d) // strings and lists always marshal
	sum := sha256.Sum256(raw)
	key := hex.EncodeToString(sum[:keyLength/2])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ep.Blobs.Dialogues[key] = d
	return key
}

func whyNot(res *starttls.Result) string {
	if res.Outcome == starttls.Ready || res.Err == nil {
		return ""
	}
	return reason(res)
}

func capabilities(c starttls.Capabilities) evidence.Capabilities {
	return evidence.Capabilities{Listed: c.Listed, Lines: c.Raw, Names: c.Names, STARTTLS: c.STARTTLS, Masked: c.Masked,
		AuthMechanisms: c.AuthMechanisms, LoginDisabled: c.LoginDisabled, RequireTLS: c.RequireTLS}
}
