package legacy

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// said is a connection on which the client has said all that it ever will, and which takes any answer.
type said struct {
	net.Conn // only for its methods: none but these two are called
	io.Reader
}

func (c said) Read(p []byte) (int, error)  { return c.Reader.Read(p) }
func (c said) Write(p []byte) (int, error) { return len(p), nil }

// FuzzServer says anything to a server that is as faulty as can be.
func FuzzServer(f *testing.F) {
	id, err := testIdentity()
	if err != nil {
		f.Fatal(err)
	}
	record := func(t tlswire.ContentType, payload []byte) []byte {
		return tlswire.AppendRecords(nil, t, tlswire.TLS12, payload, 0)
	}
	body, _ := hello(tlswire.TLS12, 0x002f).Marshal()
	first, _ := tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}.Append(nil)
	exchange, _ := tlswire.Handshake{Type: tlswire.TypeClientKeyExchange, Body: make([]byte, 130)}.Append(nil)
	flight := bytes.Join([][]byte{record(tlswire.ContentHandshake, first), record(tlswire.ContentHandshake, exchange),
		record(tlswire.ContentChangeCipherSpec, []byte{1}), record(tlswire.ContentHandshake, make([]byte, 64))}, nil)
	f.Add(flight)
	f.Add(append(record(tlswire.ContentHandshake, first), record(tlswire.ContentHeartbeat, []byte{1, 255, 255})...))
	f.Add(bytes.Join([][]byte{record(tlswire.ContentHandshake, first), record(tlswire.ContentChangeCipherSpec, []byte{1}),
		record(tlswire.ContentHandshake, make([]byte, 64))}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg := &ServerConfig{Sessions: NewSessions(TicketKeysFixed), Faults: Faults{
			CCS: CCSFaults{Early: Reaction{Do: DoAccept}, Exploitable: true}, CBC: CBCFaults{BadMAC: Reaction{Do: DoAccept},
				BadPadding: Reaction{Do: DoAccept}, BadBoth: Reaction{Do: DoAccept}}, Renegotiation: Renegotiation{Accept: -1}}}
		cfg.Heartbeat = func(request []byte) ([]byte, bool) { return request, len(request) > 0 }
		cfg.Answer = func(h *ReceivedHello, session *State) (*Flight, error) {
			f := &Flight{Hello: tlswire.ServerHello{Version: tlswire.TLS12, Suite: 0x002f, SessionID: randomBytes(32)}}
			rand.Read(f.Hello.Random[:])
			if session == nil {
				f.Rest = []tlswire.Handshake{{Type: tlswire.TypeServerHelloDone}}
				f.Exchange.RSA = id.key
			}
			return f, nil
		}
		_, client := net.Pipe()
		defer client.Close()
		s, err := Server(t.Context(), said{client, bytes.NewReader(data)}, cfg)
		if err == nil {
			_, _ = io.Copy(io.Discard, s)
		}
	})
}
