package tlspeer

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/mailtls/mailtls/tlswire"
)

// End tells how a connection came to its end, as this side saw it.
type End string

// The ends of a connection. A new Session has none of them.
const (
	EndAlert       End = "alert"       // the other side sent a fatal alert or close_notify: Seen.Alert
	EndClosed      End = "closed"      // the other side closed the connection without an alert
	EndReset       End = "reset"       // the connection was reset, or writing to it failed
	EndTimeout     End = "timeout"     // a deadline passed
	EndCanceled    End = "canceled"    // the context was canceled
	EndLimit       End = "limit"       // the other side exceeded one of Limits
	EndNotTLS      End = "nottls"      // what came is no TLS record
	EndVersion     End = "version"     // the server chose another version than TLS 1.3: Seen.ServerHello
	EndNonsense    End = "nonsense"    // the other side violated the protocol
	EndUnsupported End = "unsupported" // the other side chose what this package does not implement
	EndLocal       End = "local"       // this side could not go on: bad configuration, or a failed write hook
)

// Message is one handshake message as it was received.
type Message struct {
	tlswire.Handshake
	Encrypted bool // whether it came in protected records
}

// Seen is what the other side of a connection showed, up to its end.
type Seen struct {
	// Sent holds the ClientHello messages (with their 4-byte headers) that went
	// out, in order: two of them after a HelloRetryRequest. Servers send none.
	Sent [][]byte
	// Messages holds every handshake message received, in order.
	Messages []Message

	HelloRetryRequest   *tlswire.ServerHello
	ServerHello         *tlswire.ServerHello
	EncryptedExtensions []tlswire.Extension
	CertificateRequest  *tlswire.CertificateRequestTLS13
	Certificate         *tlswire.CertificateTLS13
	// Scheme and Signature are those of CertificateVerify. SignatureValid is nil
	// when there was none, or key or scheme are not among those that Go knows.
	Scheme         tlswire.SignatureScheme
	Signature      []byte
	SignatureValid *bool
	Tickets        []tlswire.NewSessionTicketTLS13
	// Resumed tells that a ticket resumed a session: without a key exchange (psk_ke) if the ServerHello has no key share.
	Resumed bool
	// EarlyData tells that the server takes early data. None was sent.
	EarlyData bool
	// ClientHello is the last one that a server received.
	ClientHello *tlswire.ClientHello

	Alert *tlswire.Alert // the last alert received
	End   End            // empty while the connection can go on
}

// Error tells what could not be done, how the connection ended, and what was
// seen until then.
type Error struct {
	Doing string
	End   End
	Seen  *Seen
	Err   error
}

// Error tells what could not be done, and why.
func (e *Error) Error() string { return e.Doing + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ended is a cause that carries its End with it.
type ended struct {
	end End
	err error
}

func (e ended) Error() string { return e.err.Error() }
func (e ended) Unwrap() error { return e.err }

func nonsense(err error) error    { return ended{EndNonsense, err} }
func unsupported(err error) error { return ended{EndUnsupported, err} }
func local(err error) error       { return ended{EndLocal, err} }

// endOf classifies err, which came from the connection or from this package.
func endOf(err error) End {
	var e ended
	var timeout net.Error
	switch {
	case errors.As(err, &e):
		return e.end
	case errors.Is(err, context.Canceled):
		return EndCanceled
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return EndTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return EndClosed
	case errors.Is(err, tlswire.ErrNotTLS):
		return EndNotTLS
	case errors.Is(err, tlswire.ErrTooLarge):
		return EndLimit
	case errors.Is(err, tlswire.ErrMalformed), errors.Is(err, errPeerShare):
		return EndNonsense
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return EndReset
	}
	return EndLocal
}
