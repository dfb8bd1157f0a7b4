package legacy

import (
	"bufio"
	"context"
	"crypto/rsa"
	"errors"
	"math/big"
	"net"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// ServerConfig says what a server answers.
type ServerConfig struct {
	// Hello is the first ClientHello if the caller has read it; conn stands behind it. Nil: Server reads it.
	Hello *ReceivedHello
	// Answer composes the answer to a ClientHello: to the first one, and to each with which the client renegotiates. With
	// session, the client wants to resume that: an answer without Rest, in the session's version and suite, does; any other
	// begins a session anew. A Refusal as error becomes an alert.
	Answer func(hello *ReceivedHello, session *State) (*Flight, error)
	// Sessions are those that can be resumed, by all servers that share them; nil: none can, and there are no tickets.
	Sessions *Sessions
	// RecordSize is the most bytes of handshake messages in a record; 0: as many as fit.
	RecordSize int
	// OneMessagePerRecord sends every handshake message in a record of its own.
	OneMessagePerRecord bool
	// Heartbeat returns the payload of the record that answers that of a heartbeat record (RFC 6520), before and behind the
	// end of the handshake: nil for no answer, false for unexpected_message. Nil: as if it returned false.
	Heartbeat func(request []byte) (answer []byte, ok bool)
	Faults    Faults
}

// ReceivedHello is a ClientHello as it came.
type ReceivedHello struct {
	tlswire.ClientHello
	// Message is what both sides hash: the handshake message with its header, or the message of SSLv2 without that of its record.
	Message []byte
}

// Flight is the answer to a ClientHello.
type Flight struct {
	// Hello is sent with the session id of the session that is resumed, if one is, and in a renegotiation with the verify_data
	// of RFC 5746 in its renegotiation_info, if it has one. session_ticket in it promises a ticket; that, encrypt_then_mac and
	// extended_master_secret are kept.
	Hello tlswire.ServerHello
	// Rest are the messages from Certificate to ServerHelloDone.
	Rest []tlswire.Handshake
	// Exchange is the private half of the key exchange in Rest.
	Exchange Exchange
}

// Exchange is the server's private half of a key exchange. The one that the suite calls for must be set.
type Exchange struct {
	RSA *rsa.PrivateKey // of any size: of the certificate, or the short one of an export suite
	DH  *DHSecret
	EC  Agreement
}

// DHSecret is a private key of finite-field Diffie-Hellman.
type DHSecret struct{ P, X *big.Int }

// Agreement is a private key on an elliptic curve, such as a tlspeer.Key.
type Agreement interface {
	// Agree computes the secret shared with whoever sent peer.
	Agree(peer []byte) ([]byte, error)
}

// Refusal is an error of ServerConfig.Answer that becomes a fatal alert.
type Refusal tlswire.AlertDescription

// Error names the alert.
func (r Refusal) Error() string { return "refusing with " + tlswire.AlertDescription(r).String() }

// ErrReset is how a server ends a connection that its Faults want reset by TCP: closing it so is left to the caller.
var ErrReset = errors.New("the server resets this connection")

// errOver is how a server ends a connection that it has done with.
var errOver = errors.New("the server is done with this connection")

// ServerSession is one connection of a server. Once its handshake is complete it is the net.Conn of the application data. A
// client that renegotiates is answered while data is read. Its methods are not safe for concurrent use, but for SetDeadline.
type ServerSession struct {
	Seen ServerSeen

	tlspeer.Socket
	cfg      *ServerConfig
	reader   *bufio.Reader
	version  tlswire.Version // in record headers; that of the client's hello before one was agreed
	in, out  *cipherState    // nil: in the clear
	incoming tlswire.HandshakeBuffer
	current  *serverHandshake // the one under way
	data     []byte           // application data received and not yet read
	nonces   nonces
	ready    bool // a handshake is complete

	secure                     bool // RFC 5746 holds for this connection
	clientVerify, serverVerify []byte
}

// ServerSeen is what happened on a server's connection.
type ServerSeen struct {
	Version        tlswire.Version
	Suite          tlswire.Suite
	Resumed        Resumption // of the last handshake
	Renegotiations int        // that the client began and that were finished
	Master         []byte     // the master secret of the last handshake
	ExtendedMaster bool
	EncryptMAC     bool
	Alert          *tlswire.Alert // the last one received
}

// Server answers a client, completes the handshake and sends the alerts that RFC 5246 calls for, or does as cfg.Faults says.
// The session is never nil. Server does not close conn: after an error the caller does, with a reset if that is ErrReset.
//
// The deadline of ctx becomes that of conn and stays.
func Server(ctx context.Context, conn net.Conn, cfg *ServerConfig) (*ServerSession, error) {
	s := &ServerSession{cfg: cfg, Socket: tlspeer.Socket{Conn: conn}, reader: bufio.NewReader(conn), version: tlswire.TLS10,
		incoming: tlswire.HandshakeBuffer{MaxMessage: 1 << 18}}
	if err := ctx.Err(); err != nil {
		return s, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	err := s.first()
	if !stop() && ctx.Err() != nil {
		err = ctx.Err()
	}
	s.ready = err == nil
	return s, err
}

// first reads the first hello, if it was not read, and answers it.
func (s *ServerSession) first() error {
	hello := s.cfg.Hello
	if hello == nil {
		m, err := s.message()
		if err != nil {
			return err
		}
		if hello, err = receivedHello(m); err != nil {
			return s.fatal(tlswire.AlertUnexpectedMessage, err)
		}
	}
	return s.handshake(hello)
}

// receivedHello reads a ClientHello out of a handshake message.
func receivedHello(m tlswire.Handshake) (*ReceivedHello, error) {
	if m.Type != tlswire.TypeClientHello {
		return nil, nonsense(errors.New("not a ClientHello"))
	}
	hello, err := tlswire.ParseClientHello(m.Body)
	if err != nil {
		return nil, err
	}
	raw, err := m.Append(nil)
	return &ReceivedHello{hello, raw}, err
}

var _ net.Conn = (*ServerSession)(nil)

// Close sends close_notify if a handshake is complete, and closes the connection.
func (s *ServerSession) Close() error {
	if s.ready {
		// An error says that the other side is gone, which closing will not change.
		_ = s.CloseNotify()
	}
	return s.Conn.Close()
}

// CloseNotify sends the alert that ends a connection.
func (s *ServerSession) CloseNotify() error {
	return s.alert(tlswire.AlertLevelWarning, tlswire.AlertCloseNotify)
}

var _ Agreement = tlspeer.Key{}
