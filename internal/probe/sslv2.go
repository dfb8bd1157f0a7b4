package probe

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// helloV2 offers SSLv2 with all its cipher kinds. The server's hello lists those it accepts, so one connection tells all.
func (c *connection) helloV2() evidence.End {
	hello := tlswire.ClientHelloV2{Version: tlswire.SSLv2, Ciphers: offeredSuites(c.offer), Challenge: make([]byte, 16)}
	_, _ = rand.Read(hello.Challenge)
	c.challenge = hello.Challenge
	body, err := hello.Marshal()
	if err == nil {
		body, err = tlswire.RecordV2{Payload: body}.Append(nil)
	}
	if err != nil {
		return evidence.End{Kind: evidence.EndMalformed, Detail: err.Error()}
	}
	if _, err := c.conn.Write(body); err != nil {
		return endOf(err)
	}
	alert, err := c.readV2()
	if alert != nil {
		return evidence.End{Kind: evidence.EndAlert, Alert: alert}
	}
	var told errorV2
	if errors.As(err, &told) {
		return evidence.End{Kind: evidence.EndErrorV2, ErrorV2: told.Code, Detail: told.Error()}
	}
	return endOf(err)
}

// errorV2 is an ERROR of SSLv2: a server that sends it reads SSLv2, but does not go on.
type errorV2 struct{ tlswire.ErrorV2 }

func (e errorV2) Error() string {
	switch e.Code {
	case tlswire.ErrorV2NoCipher:
		return "no cipher in common"
	case tlswire.ErrorV2NoCertificate:
		return "no certificate"
	}
	return fmt.Sprintf("code %d", uint16(e.Code))
}

// readV2 reads the reply to an SSLv2 hello, which may also be an alert of a newer server.
func (c *connection) readV2() (*tlswire.Alert, error) {
	r := bufio.NewReaderSize(io.LimitReader(c.conn, maxReplyBytes), 4096)
	head, err := r.Peek(3)
	if len(head) == 0 || err != nil && !isEOF(err) {
		return nil, err
	}
	c.obs.Timing.Reply = sinceBegun(c)
	switch tlswire.Sniff(head) {
	case tlswire.FramingTLS:
		rec, err := (&recordReader{r: r}).next()
		if err != nil {
			return nil, err
		}
		if rec.Type == tlswire.ContentAlert {
			if a, err := fatal(rec.Payload); a != nil || err != nil {
				return a, err
			}
		}
		return nil, fmt.Errorf("%v record in reply to an SSLv2 hello: %w", rec.Type, tlswire.ErrMalformed)
	case tlswire.FramingSSLv2:
		return nil, c.takeV2(r)
	}
	return nil, fmt.Errorf("reply to an SSLv2 hello that starts with %x: %w", head, tlswire.ErrNotTLS)
}

func (c *connection) takeV2(r io.Reader) error {
	rec, err := readRecordV2(r)
	if err != nil {
		return err
	}
	return c.keepV2(rec.Payload)
}

// keepV2 keeps a server hello whole but for the certificate, which is kept once.
func (c *connection) keepV2(payload []byte) error {
	if told, err := tlswire.ParseErrorV2(payload); err == nil {
		return errorV2{told}
	}
	h, err := tlswire.ParseServerHelloV2(payload)
	if err != nil {
		return err
	}
	msg := evidence.Message{Type: tlswire.TypeServerHello}
	if len(h.Certificate) > 0 {
		msg.Certificates = c.keepChain([][]byte{h.Certificate})
	}
	h.Certificate = nil
	msg.Body, err = h.Marshal()
	c.version = tlswire.SSLv2
	c.obs.Messages = append(c.obs.Messages, msg)
	return err
}
