package tlspeer

import (
	"context"
	"crypto"
	"fmt"
	"net"

	"github.com/mailtls/mailtls/tlswire"
)

// ServerConfig says what a server answers. Nothing in it is negotiated: Suite,
// Group and Scheme are used whether the client offered them or not.
type ServerConfig struct {
	Suite tlswire.Suite
	Group tlswire.Group
	// Retry sends a HelloRetryRequest though the client sent a share for Group.
	// Without a share there is always one. Cookie goes into it.
	Retry  bool
	Cookie []byte
	// Extensions are the EncryptedExtensions.
	Extensions []tlswire.Extension
	// CertificateRequest, if set, asks for a certificate. Any answer will do.
	CertificateRequest *tlswire.CertificateRequestTLS13
	// Certificate is the chain, with its staples; Key signs with Scheme.
	Certificate tlswire.CertificateTLS13
	Key         crypto.Signer
	Scheme      tlswire.SignatureScheme
	// Tickets are sent behind the handshake; Issued is told the pre-shared key of each.
	Tickets []tlswire.NewSessionTicketTLS13
	Issued  func(ticket tlswire.NewSessionTicketTLS13, secret []byte)
	// Secret returns the pre-shared key of a ticket that a client offers; nil passes it over. The binder is not looked at.
	Secret func(ticket []byte) []byte
	// WithoutShare resumes without a key exchange if the client offers psk_ke, where Retry does not want another hello first.
	WithoutShare bool
	// RecordSize above 0 sends the messages of a flight as one stream, in records of so many
	// bytes: 16384 coalesces, 1 fragments. 0 gives each message its own record.
	RecordSize int
	Hooks      Hooks
	Limits     Limits
}

// Hooks let a server misbehave. Each may change, drop or multiply what it is
// given; nil hooks change nothing.
type Hooks struct {
	// Message sees each handshake message before it counts for the transcript:
	// what it returns is what both sides hash.
	Message func(tlswire.Handshake) []tlswire.Handshake
	// Record sees each record as it goes onto the wire, protected or not. What
	// it returns must stay under the limits of tlswire.Record.
	Record func(tlswire.Record) []tlswire.Record
}

// server is a server's handshake under way.
type server struct {
	*Session
	cfg    *ServerConfig
	stream []byte // handshake messages not yet in records
	queue  []byte // records not yet sent
}

// Server answers the ClientHello and completes the handshake, tickets
// included. hello is the message (4-byte header and body) if the caller has
// read it, and conn stands behind it; with nil, Server reads it. The Session is never nil and the
// error is an *Error, as with Client; nor does Server close conn or send alerts.
func Server(ctx context.Context, conn net.Conn, hello []byte, cfg *ServerConfig) (*Session, error) {
	s := &server{Session: newSession(conn, cfg.Limits), cfg: cfg}
	s.alter = cfg.Hooks.Record
	return s.Session, s.run(ctx, "serving a TLS 1.3 handshake", func() error {
		if hello != nil {
			s.incoming.Feed(hello)
		}
		return s.handshake()
	})
}

func (s *server) handshake() error {
	var ok bool
	if s.suite, ok = suiteOf(s.cfg.Suite); !ok {
		return local(fmt.Errorf("suite %v is not implemented", s.cfg.Suite))
	}
	if err := s.exchange(); err != nil {
		return err
	}
	if err := s.clientFlight(); err != nil {
		return err
	}
	return s.sendTickets()
}

// exchange answers the client's hello, and sends the flight.
func (s *server) exchange() error {
	share, err := s.clientShare()
	if err != nil {
		return err
	}
	if share == nil {
		return s.sendFlight(nil, nil)
	}
	own, secret, err := respond(s.cfg.Group, share)
	if err != nil {
		return err
	}
	return s.sendFlight(own, secret)
}

// clientShare reads ClientHellos, one or two, until there is a key share for the group. It is nil if a ticket is enough.
func (s *server) clientShare() ([]byte, error) {
	if err := s.readHello(); err != nil {
		return nil, err
	}
	if s.resume(); s.Seen.Resumed && s.cfg.WithoutShare && !s.cfg.Retry && s.offersMode(tlswire.PSKOnly) {
		return nil, nil
	}
	share, ok := s.findShare()
	if ok && !s.cfg.Retry {
		return share, nil
	}
	if err := s.sendRetry(); err != nil {
		return nil, err
	}
	if err := s.readHello(); err != nil {
		return nil, err
	}
	if share, ok = s.findShare(); !ok {
		return nil, nonsense(fmt.Errorf("no key share for %v behind a retry", s.cfg.Group))
	}
	return share, nil
}

func (s *server) readHello() error {
	m, err := s.expect(tlswire.TypeClientHello)
	if err != nil {
		return err
	}
	h, err := tlswire.ParseClientHello(m.Body)
	if err != nil {
		return err
	}
	s.Seen.ClientHello = &h
	s.compatible = s.compatible || len(h.SessionID) > 0
	return s.transcript.add(m)
}

func (s *server) findShare() ([]byte, bool) {
	e, _ := tlswire.Find(s.Seen.ClientHello.Extensions, tlswire.ExtensionKeyShare)
	shares, _ := tlswire.ParseKeyShares(e.Data) // a malformed list holds none
	for _, share := range shares {
		if share.Group == s.cfg.Group {
			return share.Data, true
		}
	}
	return nil, false
}

// sendRetry sends the HelloRetryRequest (RFC 8446, Section 4.1.4).
func (s *server) sendRetry() error {
	if err := s.transcript.retry(s.suite.newHash); err != nil {
		return err
	}
	extensions := []tlswire.Extension{tlswire.SelectedVersion(tlswire.TLS13)}
	if _, ok := s.findShare(); !ok {
		extensions = append(extensions, tlswire.RetryKeyShare(s.cfg.Group))
	}
	if s.cfg.Cookie != nil {
		extensions = append(extensions, tlswire.Cookie(s.cfg.Cookie))
	}
	if err := s.emit(tlswire.TypeServerHello, s.hello(tlswire.HelloRetryRequestRandom, extensions)); err != nil {
		return err
	}
	return s.send()
}

// hello is a ServerHello or HelloRetryRequest that echoes the client's session id (RFC 8446, Section 4.1.3).
func (s *server) hello(random [32]byte, extensions []tlswire.Extension) tlswire.ServerHello {
	return tlswire.ServerHello{
		Version: tlswire.TLS12, Random: random, SessionID: s.Seen.ClientHello.SessionID,
		Suite: s.cfg.Suite, Extensions: extensions,
	}
}
