package legacy

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// TestServer completes handshakes with every suite of RSA key exchange; foreign clients do the same with the lab.
func TestServer(t *testing.T) {
	for _, v := range versions() {
		for _, suite := range Suites(v) {
			if info, _ := suite.Info(); info.KeyExchange != tlswire.KeyExchangeRSA || info.Export {
				continue
			}
			t.Run(v.String()+" "+suite.String(), func(t *testing.T) {
				e := startEcho(t, v, suite.String(), func(e *echo) {
					e.OneMessagePerRecord = v == tlswire.TLS10
					e.RecordSize = 100
					if v > tlswire.SSLv3 {
						e.extensions = append(e.extensions, tlswire.ExtendedMasterSecret(), tlswire.EncryptThenMAC())
					}
				})
				s := complete(t, e.addr, e.hello())
				wantEcho(t, s)
				s.Close()
				if got := <-e.sessions; !bytes.Equal(got.Seen.Master, s.State().Master) || got.Seen.Suite != suite {
					t.Errorf("the server saw %+v", got.Seen)
				}
			})
		}
	}
}

// TestServerRefuses turns a refusal of the caller into an alert.
func TestServerRefuses(t *testing.T) {
	client, server := pipe(t)
	cfg := &ServerConfig{Answer: func(*ReceivedHello, *State) (*Flight, error) {
		return nil, Refusal(tlswire.AlertHandshakeFailure)
	}}
	go Server(testContext(t), server, cfg)
	s, err := Client(testContext(t), client, &ClientConfig{Hello: hello(tlswire.TLS12, 0x002f)})
	if a := s.Seen.Alert; a == nil || a.String() != "fatal handshake_failure" {
		t.Errorf("%v, alert %v", err, a)
	}
}

// TestServerCanceled ends with its context.
func TestServerCanceled(t *testing.T) {
	_, server := pipe(t)
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	if _, err := Server(ctx, server, &ServerConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestServerHooks changes a message, which both sides hash, and a record, which breaks.
func TestServerHooks(t *testing.T) {
	e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) {
		e.Faults.Hooks.Message = func(m tlswire.Handshake) []tlswire.Handshake {
			if m.Type == tlswire.TypeServerHelloDone {
				return []tlswire.Handshake{{Type: tlswire.TypeSupplementalData, Body: []byte("more")}, m}
			}
			return []tlswire.Handshake{m}
		}
	})
	s := complete(t, e.addr, e.hello())
	wantEcho(t, s)
	if n := len(s.Seen.Messages); n != 5 { // ServerHello, Certificate, the addition, ServerHelloDone, Finished
		t.Errorf("%d messages", n)
	}
	e = startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) {
		e.Faults.Hooks.Record = func(r tlswire.Record) []tlswire.Record {
			if r.Type == tlswire.ContentApplicationData {
				r.Payload = append(bytes.Clone(r.Payload[:len(r.Payload)-1]), r.Payload[len(r.Payload)-1]^1)
			}
			return []tlswire.Record{r}
		}
	})
	s = complete(t, e.addr, e.hello())
	s.Write([]byte("hello\r\n"))
	if got := outcome(t, s); got == "hello\r\n" {
		t.Errorf("the record came whole")
	}
}

// TestServerRecords counts the records that a flight of three messages is sent in.
func TestServerRecords(t *testing.T) {
	for _, c := range []struct {
		change func(*echo)
		least  int
		most   int
	}{
		{func(*echo) {}, 1, 1},
		{func(e *echo) { e.OneMessagePerRecord = true }, 3, 3},
		{func(e *echo) { e.RecordSize = 50 }, 6, 20},
	} {
		n := 0
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) {
			c.change(e)
			e.Faults.Hooks.Record = func(r tlswire.Record) []tlswire.Record {
				if n++; len(r.Payload) > 50 && e.RecordSize > 0 {
					t.Errorf("a record of %d bytes", len(r.Payload))
				}
				return []tlswire.Record{r}
			}
		})
		s := begin(t, e.addr, e.hello())
		s.Conn.Close()
		<-e.sessions
		if n < c.least || n > c.most {
			t.Errorf("%d records", n)
		}
	}
}

// TestServerNonces looks at what GCM records begin with.
func TestServerNonces(t *testing.T) {
	for source, want := range map[NonceSource]string{NonceCounter: "counts", NonceRandom: "differs", NonceRepeated: "repeats"} {
		e := startEcho(t, tlswire.TLS12, "AES128-GCM-SHA256", func(e *echo) { e.Faults.GCMNonce = source })
		s := complete(t, e.addr, e.hello())
		var explicit [2][]byte
		for i := range explicit {
			s.Write([]byte("hello\r\n"))
			in, err := s.ReadRecord(testContext(t))
			if err != nil || string(in.Content) != "hello\r\n" {
				t.Fatalf("%v: %q, %v", source, in.Content, err)
			}
			explicit[i] = in.Explicit
		}
		got := "differs"
		switch {
		case bytes.Equal(explicit[0], explicit[1]):
			got = "repeats"
		case bytes.Equal(explicit[0], []byte{7: 1}) && bytes.Equal(explicit[1], []byte{7: 2}):
			got = "counts"
		}
		if got != want {
			t.Errorf("%q: %x", source, explicit)
		}
	}
}

// TestServerHeartbeat is refused, not answered, and answered, before the end of the handshake and behind it.
func TestServerHeartbeat(t *testing.T) {
	for title, c := range map[string]struct {
		answer func([]byte) ([]byte, bool)
		want   string
	}{
		"none":   {nil, "fatal unexpected_message"},
		"breaks": {func([]byte) ([]byte, bool) { return nil, false }, "fatal unexpected_message"},
		"some":   {func(b []byte) ([]byte, bool) { return b, len(b) == 6 }, "marker"},
		"silent": {func(b []byte) ([]byte, bool) {
			if len(b) == 6 {
				return b, true
			}
			return nil, true
		}, "marker"},
	} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) { e.Heartbeat = c.answer })
		for _, finished := range []bool{false, true} {
			s := begin(t, e.addr, e.hello())
			if finished {
				if err := s.Finish(testContext(t)); err != nil {
					t.Fatal(err)
				}
			}
			payloads := []string{"marker"}
			if title == "silent" {
				payloads = []string{"nothing", "marker"}
			}
			for _, p := range payloads {
				r, err := s.Seal(tlswire.ContentHeartbeat, []byte(p), Alter{})
				if err == nil {
					err = s.WriteRecord(r)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if got := outcome(t, s); got != c.want {
				t.Errorf("%s, finished %v: %q, want %q", title, finished, got, c.want)
			}
		}
	}
}
