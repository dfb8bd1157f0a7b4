package tlspeer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// afterHello lets the client have its say, and then the hostile server its own.
func afterHello(t *testing.T, server net.Conn, say func(net.Conn)) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		header := make([]byte, tlswire.RecordHeaderLen)
		io.ReadFull(server, header)
		io.CopyN(io.Discard, server, int64(header[3])<<8|int64(header[4]))
		say(server)
	}()
	t.Cleanup(func() { <-done })
}

func record(t tlswire.ContentType, payload ...byte) []byte {
	b, _ := tlswire.Record{Type: t, Version: tlswire.TLS12, Payload: payload}.Append(nil) // short enough
	return b
}

// endless sends b until the client has gone.
func endless(b []byte) func(net.Conn) {
	return func(c net.Conn) {
		for b := bytes.Repeat(b, 1+1000/len(b)); ; {
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}
}

func once(b []byte) func(net.Conn) {
	return func(c net.Conn) { c.Write(b); c.Close() }
}

func TestClientHostile(t *testing.T) {
	for _, test := range []struct {
		name string
		say  func(net.Conn)
		end  tlspeer.End
	}{
		{"closes", once(nil), tlspeer.EndClosed},
		{"resets", func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }, tlspeer.EndReset},
		{"plain text", once([]byte("500 what?\r\n")), tlspeer.EndNotTLS},
		{"one byte of plain text", once([]byte("5")), tlspeer.EndNotTLS},
		{"endless text", endless([]byte("220-welcome\r\n")), tlspeer.EndNotTLS},
		{"half a header", once([]byte{22, 3, 3}), tlspeer.EndClosed},
		{"record too large", once([]byte{22, 3, 3, 0xFF, 0xFF}), tlspeer.EndLimit},
		{"empty record", once(record(tlswire.ContentHandshake)), tlspeer.EndNonsense},
		{"heartbeat", once(record(tlswire.ContentHeartbeat, 1, 0, 0)), tlspeer.EndNonsense},
		{"application data", once(record(tlswire.ContentApplicationData, 1)), tlspeer.EndNonsense},
		{"alert", once(record(tlswire.ContentAlert, 2, 80)), tlspeer.EndAlert},
		{"warning", once(record(tlswire.ContentAlert, 1, 112)), tlspeer.EndAlert},
		{"alert of three bytes", once(record(tlswire.ContentAlert, 2, 80, 0)), tlspeer.EndNonsense},
		{"endless user_canceled", endless(record(tlswire.ContentAlert, 1, 90)), tlspeer.EndLimit},
		{"endless change_cipher_spec", endless(record(tlswire.ContentChangeCipherSpec, 1)), tlspeer.EndLimit},
		{"another message", once(record(tlswire.ContentHandshake, 11, 0, 0, 0)), tlspeer.EndNonsense},
		{"empty server hello", once(record(tlswire.ContentHandshake, 2, 0, 0, 0)), tlspeer.EndNonsense},
		{"huge message", once(record(tlswire.ContentHandshake, 2, 0xFF, 0xFF, 0xFF)), tlspeer.EndLimit},
		{"endless fragments", endless(record(tlswire.ContentHandshake, 2, 3, 2, 1)), tlspeer.EndLimit},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, server := connect(t)
			afterHello(t, server, test.say)
			s, err := tlspeer.Client(testContext(t), client, &tlspeer.ClientConfig{
				Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1],
				Limits: tlspeer.Limits{Records: 1000},
			})
			client.Close()
			var e *tlspeer.Error
			if !errors.As(err, &e) || e.End != test.end || s.Seen.End != test.end {
				t.Errorf("%v, end %q", err, s.Seen.End)
			}
			if len(s.Seen.Sent) != 1 {
				t.Errorf("%d hellos sent", len(s.Seen.Sent))
			}
		})
	}
}

func TestClientSilence(t *testing.T) {
	cc := &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]}
	t.Run("deadline", func(t *testing.T) {
		client, _ := connect(t)
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		s, err := tlspeer.Client(ctx, client, cc)
		if err == nil || s.Seen.End != tlspeer.EndTimeout {
			t.Errorf("%v, end %q", err, s.Seen.End)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		client, server := connect(t)
		ctx, cancel := context.WithCancel(context.Background())
		afterHello(t, server, func(net.Conn) { cancel() })
		s, err := tlspeer.Client(ctx, client, cc)
		if !errors.Is(err, context.Canceled) || s.Seen.End != tlspeer.EndCanceled {
			t.Errorf("%v, end %q", err, s.Seen.End)
		}
	})
	t.Run("canceled before", func(t *testing.T) {
		client, _ := connect(t)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if s, err := tlspeer.Client(ctx, client, cc); !errors.Is(err, context.Canceled) || len(s.Seen.Sent) != 0 {
			t.Errorf("%v, %d hellos sent", err, len(s.Seen.Sent))
		}
	})
}

func TestClientBadConfig(t *testing.T) {
	client, _ := connect(t)
	cc := &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: []tlswire.Group{tlswire.Secp256k1}}
	s, err := tlspeer.Client(testContext(t), client, cc)
	if err == nil || s.Seen.End != tlspeer.EndLocal {
		t.Errorf("%v, end %q", err, s.Seen.End)
	}
	if err := s.Finish(testContext(t)); err == nil {
		t.Error("finished what has not begun")
	}
	if _, err := s.Read(make([]byte, 1)); err == nil {
		t.Error("read before the handshake")
	}
	if _, err := s.Write(make([]byte, 1)); err == nil {
		t.Error("wrote before the handshake")
	}
}
