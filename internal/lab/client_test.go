package lab

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// start runs a server for the length of a test.
func start(t *testing.T, s Server, ca *CA) *Running {
	t.Helper()
	r, err := Start(context.Background(), s, ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// testCA makes one authority for a test and its subtests.
func testCA(t *testing.T) *CA {
	t.Helper()
	ca, err := NewCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// plenty is how long a client waits that is to get its answer: only a broken server needs it, not a busy machine.
const plenty = time.Minute

// connect connects, and no more.
func connect(t *testing.T, r *Running) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(plenty))
	return conn, bufio.NewReader(conn)
}

// dial connects, and goes through the plaintext preamble if there is one.
func dial(t *testing.T, r *Running) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, in := connect(t, r)
	if r.Server.Protocol.ImplicitTLS() {
		return conn, in
	}
	preamble(t, r.Server.Protocol, conn, in)
	return conn, in
}

// preamble speaks the protocol up to the go-ahead.
func preamble(t *testing.T, p starttls.Protocol, conn net.Conn, in *bufio.Reader) {
	t.Helper()
	say := func(line string) { io.WriteString(conn, line+"\r\n") }
	until := func(prefixes ...string) string {
		t.Helper()
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatalf("reading the preamble: %v", err)
			}
			for _, p := range prefixes {
				if strings.HasPrefix(line, p) {
					return line
				}
			}
		}
	}
	switch p {
	case starttls.IMAP:
		until("* OK")
		say("a CAPABILITY")
		until("a OK")
		say("b STARTTLS")
		until("b OK")
	case starttls.POP3:
		until("+OK")
		say("CAPA")
		until(".")
		say("STLS")
		until("+OK")
	case starttls.Sieve:
		until("OK")
		say("STARTTLS")
		until("OK")
	default:
		until("220 ")
		hello := "EHLO"
		if p == starttls.LMTP {
			hello = "LHLO"
		}
		say(hello + " client.lab.test")
		until("250 ")
		say("STARTTLS")
		until("220 ")
	}
}

// offer is a hello under construction.
type offer struct {
	version    tlswire.Version
	suites     []tlswire.Suite
	extensions []tlswire.Extension
}

// fullOffer offers a version with everything that the lab knows beside it.
func fullOffer(v tlswire.Version, suites []tlswire.Suite) offer {
	o := offer{version: v, suites: suites}
	groups := []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448,
		tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024, 0x6399, 0x639a}
	o.extensions = []tlswire.Extension{
		tlswire.ServerName("localhost"),
		tlswire.SupportedGroups(groups),
		tlswire.ECPointFormats([]tlswire.ECPointFormat{0}),
		tlswire.SignatureAlgorithms(append(oldSchemes(), tlswire.RSAPKCS1MD5)),
		tlswire.ExtendedMasterSecret(), tlswire.EncryptThenMAC(), tlswire.SessionTicket(nil),
		tlswire.StatusRequest(tlswire.OCSPStatusRequest{}), tlswire.SCT(),
		tlswire.RenegotiationInfo(nil), tlswire.Heartbeat(tlswire.PeerAllowedToSend),
	}
	if v == tlswire.TLS13 {
		o.version = tlswire.TLS12
		o.extensions = append(o.extensions, tlswire.SupportedVersions([]tlswire.Version{v}), tlswire.KeyShares(nil))
	}
	return o
}

// leanOffer offers a version with nothing that is not needed, for servers that
// cannot stand more.
func leanOffer(v tlswire.Version, suites []tlswire.Suite) offer {
	if v < tlswire.TLS12 {
		return offer{version: v, suites: suites}
	}
	full := fullOffer(v, suites)
	full.extensions = slices.DeleteFunc(full.extensions, func(e tlswire.Extension) bool {
		switch e.Type {
		case tlswire.ExtensionSupportedGroups, tlswire.ExtensionSignatureAlgorithms,
			tlswire.ExtensionSupportedVersions, tlswire.ExtensionKeyShare:
			return false
		}
		return true
	})
	return full
}

// hello returns the body of the ClientHello.
func (o offer) hello(t *testing.T) tlswire.ClientHello {
	t.Helper()
	h := tlswire.ClientHello{Version: o.version, Suites: o.suites, CompressionMethods: []tlswire.CompressionMethod{1, 0},
		Extensions: o.extensions}
	if o.version == tlswire.SSLv3 {
		h.Extensions = nil
	}
	rand.Read(h.Random[:])
	return h
}

// send writes a ClientHello in records of at most size bytes.
func send(t *testing.T, w io.Writer, h tlswire.ClientHello, size int) {
	t.Helper()
	body, err := h.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	message, err := tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS10, message, size))
}

// reply is what a server answered to a hello.
type reply struct {
	hello    tlswire.ServerHello
	messages []tlswire.Handshake
	alert    *tlswire.Alert
	end      string // "done", "alert", "eof", "reset", "silence", "not tls", "too large"
}

// message returns the body of the first message of a type.
func (r reply) message(t tlswire.HandshakeType) ([]byte, bool) {
	for _, m := range r.messages {
		if m.Type == t {
			return m.Body, true
		}
	}
	return nil, false
}

// read takes in a server's flight.
func read(t *testing.T, in io.Reader) reply {
	t.Helper()
	var r reply
	var buffer tlswire.HandshakeBuffer
	for {
		record, err := nextRecord(in)
		if err != nil {
			r.end = ending(err)
			return r
		}
		switch record.Type {
		case tlswire.ContentAlert:
			if a, err := tlswire.ParseAlert(record.Payload); err == nil {
				r.alert, r.end = &a, "alert"
				return r
			}
		case tlswire.ContentHandshake:
			buffer.Feed(record.Payload)
		}
		for {
			m, ok, err := buffer.Next()
			if err != nil {
				r.end = "too large"
				return r
			}
			if !ok {
				break
			}
			if r.messages = append(r.messages, m); r.take(m) {
				r.end = "done"
				return r
			}
		}
	}
}

// take notes a message and reports whether it is the last of its flight.
func (r *reply) take(m tlswire.Handshake) bool {
	switch m.Type {
	case tlswire.TypeServerHello:
		r.hello, _ = tlswire.ParseServerHello(m.Body)
		return r.hello.NegotiatedVersion() == tlswire.TLS13
	case tlswire.TypeServerHelloDone:
		return true
	}
	return false
}

func nextRecord(in io.Reader) (tlswire.Record, error) {
	head := make([]byte, tlswire.RecordHeaderLen)
	if _, err := io.ReadFull(in, head); err != nil {
		return tlswire.Record{}, err
	}
	_, _, err := tlswire.ParseRecord(head)
	if err == nil || errors.Is(err, tlswire.ErrShort) {
		payload := make([]byte, int(head[3])<<8|int(head[4]))
		_, err = io.ReadFull(in, payload)
		head = append(head, payload...)
	}
	if err != nil {
		return tlswire.Record{}, err
	}
	r, _, err := tlswire.ParseRecord(head)
	return r, err
}

// ending names the way in which a connection ended.
func ending(err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "silence"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, tlswire.ErrNotTLS):
		return "not tls"
	case errors.Is(err, tlswire.ErrTooLarge):
		return "too large"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "eof"
	}
	return err.Error()
}

// ask connects, offers, and returns the answer.
func ask(t *testing.T, r *Running, o offer) reply {
	t.Helper()
	conn, in := dial(t, r)
	defer conn.Close()
	send(t, conn, o.hello(t), 0)
	return read(t, in)
}

// listen connects, says the lines one by one, and returns the greeting and the
// replies, as far as they came.
func listen(t *testing.T, r *Running, lines ...string) []string {
	t.Helper()
	conn, in := connect(t, r)
	defer conn.Close()
	replies := []string{smtpReply(in)}
	for _, line := range lines {
		io.WriteString(conn, line+"\r\n")
		replies = append(replies, smtpReply(in))
	}
	return replies
}

// smtpReply reads a reply of one or more lines.
func smtpReply(in *bufio.Reader) string {
	var reply string
	for {
		line, err := in.ReadString('\n')
		reply += line
		if err != nil || len(line) < 4 || line[3] == ' ' {
			return reply
		}
	}
}
