package channel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/notify"
	gomail "github.com/wneessen/go-mail"
)

// sendTime is how long handing over one message may take.
const sendTime = time.Minute

// SMTP is the server that takes mail from the service.
type SMTP struct {
	Host     string
	Port     int    // 0: 587
	From     string // address, with or without a name
	User     string // empty: the server asks for no name
	Password string
	Plain    bool // without TLS, for a server on the same machine
	Implicit bool // TLS from the first byte, instead of STARTTLS
	TLS      *tls.Config
}

// Check reports what is wrong with a server's data before anything is sent.
func (s *SMTP) Check() error {
	switch {
	case s.Host == "":
		return errors.New("there is no server that takes mail: want its name")
	case s.From == "":
		return errors.New("there is no address to send from")
	case s.Plain && s.User != "":
		return errors.New("name and password would be sent in the clear: they need TLS")
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("address %q to send from: %w", s.From, err)
	}
	_, err := s.client()
	return err
}

func (s *SMTP) client() (*gomail.Client, error) {
	port := s.Port
	if port == 0 {
		port = 587
	}
	opts := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(sendTime), gomail.WithoutNoop(), gomail.WithoutRset()}
	switch {
	case s.Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case s.Implicit:
		opts = append(opts, gomail.WithSSL())
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.TLS != nil {
		c := s.TLS.Clone()
		c.ServerName = s.Host
		opts = append(opts, gomail.WithTLSConfig(c))
	}
	if s.User != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, opts...)
}

// Refusal is an error after which trying again is of no use: a server has said so of the recipient or the message (RFC 5321, Section 4.2.1).
type Refusal struct{ error }

// Unwrap is what was said.
func (r Refusal) Unwrap() error { return r.error }

// Send hands m over for one recipient. id is the same whenever the same message is sent again, so that programs which have it already can
// drop it. The error may be a [Refusal].
func (s *SMTP) Send(ctx context.Context, to, id string, at time.Time, m notify.Message) error {
	msg, err := s.message(to, id, at, m)
	if err != nil {
		return err
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := c.DialAndSendWithContext(ctx, msg); err != nil && !msg.IsDelivered() { // that it was taken counts, not the farewell behind it
		text, _, _ := strings.Cut(err.Error(), ", affected recipient(s):") // which is known where this is read
		told := fmt.Errorf("mail server %s: %s", s.Host, strings.TrimPrefix(text, "send failed: "))
		if forGood(err) {
			return Refusal{told}
		}
		return told
	}
	return nil
}

// forGood reports whether a server has refused the recipient or the message itself, and not for now. The reply code does not tell: servers say at RCPT, too,
// what they have against the sender, the client or a mail that they are to pass on (Postfix's smtpd_delay_reject), which is a matter of settings that
// may be mended. So the enhanced status code decides (RFC 3463, Section 3); where there is none, it is not known.
func forGood(err error) bool {
	said, ok := errors.AsType[*gomail.SendError](err)
	if !ok || said.ErrorCode()/100 != 5 {
		return false
	}
	code := status(said)
	switch said.Reason {
	case gomail.ErrSMTPRcptTo: // 5.1.7 and 5.1.8 are about the sender, 5.1.0 about either: Postfix has it for one that is not listed
		ofRecipient := strings.HasPrefix(code, "5.1.") && code != "5.1.0" && code != "5.1.7" && code != "5.1.8"
		return ofRecipient || code == "5.2.1" // a mailbox that is closed
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose: // too long for the mailbox or the server, or not as it can be taken
		return code == "5.2.3" || code == "5.3.4" || strings.HasPrefix(code, "5.6.")
	}
	return false
}

// status is the enhanced status code that a reply begins with, if the server gives such (RFC 2034, Section 4); the library takes what looks like one
// from anywhere, such as an address.
func status(said *gomail.SendError) string {
	code := said.EnhancedStatusCode()
	if code == "" || !strings.HasPrefix(said.Error(), fmt.Sprintf("%s: %d \"%s ", said.Reason, said.ErrorCode(), code)) {
		return ""
	}
	return code
}

func (s *SMTP) message(to, id string, at time.Time, m notify.Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.From(s.From); err != nil {
		return nil, fmt.Errorf("address to send from: %w", err)
	}
	if err := msg.To(to); err != nil {
		return nil, fmt.Errorf("address to send to: %w", err)
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("address to send from: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(id + from.Address[strings.LastIndexByte(from.Address, '@'):])
	msg.SetDateWithValue(at)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834, Section 5: nobody's absence is to answer it
	msg.SetBodyString(gomail.TypeTextPlain, m.Body)
	return msg, nil
}

// Address reads an address of mail to send to: one, without a name, by which nothing else can be told a server.
func Address(text string) (string, error) {
	a, err := mail.ParseAddress(text)
	switch {
	case err != nil || a.Name != "" || a.Address != text || len(text) > maxAddress || strings.ContainsAny(text, "\r\n<>\", "):
		return "", fmt.Errorf("%.100q is no address of mail: want one such as postmaster@example.org", text)
	}
	return a.Address, nil
}

// maxAddress is how long an address may be (RFC 5321, Section 4.5.3.1.3).
const maxAddress = 254
