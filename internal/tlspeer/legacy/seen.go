package legacy

import (
	"fmt"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// Seen is what the other side showed in one handshake and behind it.
type Seen struct {
	// Sent holds the ClientHello message (with its 4-byte header) that went out. Servers send none.
	Sent [][]byte
	// Messages holds every handshake message received, in order.
	Messages []tlspeer.Message

	ServerHello *tlswire.ServerHello
	Certificate *tlswire.Certificate
	Status      *tlswire.CertificateStatus
	// ServerKeyExchange is nil also for key exchanges that tlswire knows no parameters of; Messages has it then.
	ServerKeyExchange *tlswire.ServerKeyExchange
	// SignatureValid is about that of ServerKeyExchange: nil when there was none, or key or scheme are beyond this package.
	SignatureValid     *bool
	CertificateRequest *tlswire.CertificateRequest
	// Done tells that ServerHelloDone came.
	Done bool
	// Resumed tells that the server resumed the session of ClientConfig.Resume.
	Resumed bool
	// Ticket is the last one received.
	Ticket *tlswire.NewSessionTicket
	// Finished tells that the other side's Finished came and is right.
	Finished bool
	// ExtendedMasterSecret and EncryptThenMAC tell what was agreed on.
	ExtendedMasterSecret, EncryptThenMAC bool

	// Nonces are those of the AEAD records that could be opened and carry a part of theirs, in order; the first 64.
	Nonces []Nonce

	// HelloRequests counts how often a server asked to renegotiate; it is never answered.
	HelloRequests int
	// Alert is the last one received, be it a warning.
	Alert *tlswire.Alert
	// End is empty while the connection can go on. EndTimeout is taken back when a record comes after all.
	End tlspeer.End
}

// Nonce is what an AES-GCM or AES-CCM record carries of its nonce (RFC 5246, Section 6.2.3.3).
type Nonce struct {
	Type     tlswire.ContentType // of the record
	Length   int                 // of its payload
	Explicit []byte
}

// maxNonces is how many are kept.
const maxNonces = 64

func (s *Seen) keepNonce(r tlswire.Record, o *Opened) {
	if len(o.Explicit) > 0 && len(o.Nonce) > 0 && o.MACOK && len(s.Nonces) < maxNonces {
		s.Nonces = append(s.Nonces, Nonce{r.Type, len(r.Payload), o.Explicit})
	}
}

// Error tells what could not be done, how the connection ended, and what was
// seen until then.
type Error struct {
	Doing string
	End   tlspeer.End
	Seen  *Seen
	Err   error
}

// Error tells what could not be done, and why.
func (e *Error) Error() string { return e.Doing + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// alertError is an alert that ended what was being done.
type alertError tlswire.Alert

func (a alertError) Error() string { return fmt.Sprintf("alert %v", a.Description) }

// ends tells whether the sender of an alert goes no further (RFC 5246, Section 7.2; RFC 6101, Section 5.4).
func ends(a tlswire.Alert) bool {
	return a.Level != tlswire.AlertLevelWarning || a.Description == tlswire.AlertCloseNotify
}

func nonsense(err error) error    { return tlspeer.WithEnd(tlspeer.EndNonsense, err) }
func unsupported(err error) error { return tlspeer.WithEnd(tlspeer.EndUnsupported, err) }
func local(err error) error       { return tlspeer.WithEnd(tlspeer.EndLocal, err) }
