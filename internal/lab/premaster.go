package lab

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// Padding is what is wrong with a premaster secret that the client encrypted with the key of the certificate
// (RFC 8017, Section 7.2.2; RFC 5246, Section 7.4.7.1).
type Padding string

// The faults, in the order in which a server would find them.
const (
	PaddingGood      Padding = ""
	PaddingStart     Padding = "start"     // it does not begin with 0x00 0x02
	PaddingEndless   Padding = "endless"   // there is no zero byte behind the padding
	PaddingMisplaced Padding = "misplaced" // the zero byte leaves another length than 48 bytes
	PaddingVersion   Padding = "version"   // it begins with another version than the hello's
)

// Retort is how a server answers something that it should not tell from anything else. The zero value does not tell: it waits
// for the client's Finished, which it then cannot decrypt.
type Retort struct {
	Alert  tlswire.AlertDescription // 0: none
	Do     Action                   // without an alert: Close, Reset or Silence
	AtOnce bool                     // without waiting for the client's Finished
}

// Decryption is how a server treats premaster secrets. The zero value leaves what comes behind the flight to the script.
type Decryption struct {
	Retorts map[Padding]Retort // by fault; those that are missing are not told from well-formed ones
	Usual   Retort             // where nothing is to be told; zero: bad_record_mac behind Finished
	Random  bool               // each alert is another
	Every   int                // each so-manieth connection is treated by Limit instead; zero: none
	Limit   Retort
	Script  bool // treats them rightly, in a server that has nothing of the above
}

func (d Decryption) zero() bool {
	return !d.Script && len(d.Retorts) == 0 && d.Usual == Retort{} && !d.Random && d.Every == 0
}

// decrypts answers the client's ClientKeyExchange, and what follows.
func (s *session) decrypts(h *hello, c choice) error {
	d := s.Server.Quirks.Decryption
	record, err := s.readRecord()
	if err != nil || record[0] != byte(tlswire.ContentHandshake) {
		return s.whatever(c, record, err)
	}
	retort := d.Usual
	if told, ok := d.Retorts[c.id.padding(record[tlswire.RecordHeaderLen:], h, c.version)]; ok {
		retort = told
	}
	if d.Every > 0 && s.number%d.Every == 0 {
		retort = d.Limit
	}
	for range 2 {
		if retort.AtOnce {
			break
		}
		if record, err := s.readRecord(); err != nil || record[0] == byte(tlswire.ContentAlert) {
			return s.whatever(c, record, err)
		}
	}
	return s.retort(c, retort)
}

// whatever ends a connection whose client does not go on, or sends something else than a ClientKeyExchange.
func (s *session) whatever(c choice, record []byte, err error) error {
	if err != nil || record[0] == byte(tlswire.ContentAlert) {
		return errDone
	}
	return s.fatal(c, tlswire.AlertUnexpectedMessage)
}

func (s *session) retort(c choice, r Retort) error {
	switch {
	case s.Server.Quirks.Decryption.Random:
		return s.fatal(c, s.randomAlert())
	case r.Alert != 0:
		return s.fatal(c, r.Alert)
	case r.Do == Close:
		return errDone
	case r.Do == Reset:
		return errReset
	case r.Do == Silence:
		return s.silence()
	}
	return s.fatal(c, tlswire.AlertBadRecordMAC)
}

// randomAlert is one of those that servers send.
func (s *session) randomAlert() tlswire.AlertDescription {
	list := []tlswire.AlertDescription{tlswire.AlertUnexpectedMessage, tlswire.AlertBadRecordMAC, tlswire.AlertDecryptionFailed,
		tlswire.AlertRecordOverflow, tlswire.AlertHandshakeFailure, tlswire.AlertIllegalParameter, tlswire.AlertDecodeError,
		tlswire.AlertDecryptError, tlswire.AlertInternalError, tlswire.AlertInsufficientSecurity}
	var b [1]byte
	rand.Read(b[:])
	return list[int(b[0])%len(list)]
}

// padding tells what is wrong with the premaster secret in a ClientKeyExchange.
func (id *identity) padding(message []byte, h *hello, v tlswire.Version) Padding {
	encrypted := message[min(len(message), tlswire.HandshakeHeaderLen):]
	if v > tlswire.SSLv3 { // a length stands in front
		encrypted = encrypted[min(len(encrypted), 2):]
	}
	key := id.key.short
	if std, ok := id.key.std.(*rsa.PrivateKey); ok {
		key = std
	}
	size := (key.N.BitLen() + 7) / 8
	b := new(big.Int).Exp(new(big.Int).SetBytes(encrypted), key.D, key.N).FillBytes(make([]byte, size))
	zero := slices.Index(b[2:], 0)
	switch {
	case b[0] != 0 || b[1] != 2:
		return PaddingStart
	case zero < 0:
		return PaddingEndless
	case zero < 8 || len(b)-2-zero-1 != 48:
		return PaddingMisplaced
	case tlswire.Version(b[size-48])<<8|tlswire.Version(b[size-47]) != h.Version:
		return PaddingVersion
	}
	return PaddingGood
}
