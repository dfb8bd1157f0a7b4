package tlswire

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseHandshake(t *testing.T) {
	cases := []struct {
		name, hex string
		want      Handshake
	}{
		{"server hello done", "0e 000000", Handshake{TypeServerHelloDone, []byte{}}},
		{"finished", "14 000003 010203", Handshake{TypeFinished, []byte{1, 2, 3}}},
		{"unknown type", "fd 000001 00", Handshake{0xFD, []byte{0}}},
		{"more than 16 bits", "0b 010000 5a*65536", Handshake{TypeCertificate, bytes.Repeat([]byte{0x5A}, 1<<16)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.hex)
			got, n, err := ParseHandshake(append(b[:len(b):len(b)], "next"...))
			if err != nil || n != len(b) {
				t.Fatalf("took %d bytes, error %v, want %d", n, err, len(b))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("parsed (-want +got):\n%s", diff)
			}
			if again, err := got.Append([]byte("before")); err != nil || string(again) != "before"+string(b) {
				t.Errorf("appended %x, error %v", again, err)
			}
			for n := range min(len(b), 8) {
				if _, _, err := ParseHandshake(b[:n:n]); !errors.Is(err, ErrShort) {
					t.Errorf("cut to %d bytes: error %v, want ErrShort", n, err)
				}
			}
			if _, _, err := ParseHandshake(b[:len(b)-1]); !errors.Is(err, ErrShort) {
				t.Errorf("without the last byte: error %v, want ErrShort", err)
			}
		})
	}
}

func TestHandshakeAppendLimit(t *testing.T) {
	if _, err := (Handshake{Body: make([]byte, 1<<24)}).Append(nil); !errors.Is(err, ErrTooLarge) {
		t.Errorf("2^24 bytes: error %v, want ErrTooLarge", err)
	}
}

func FuzzParseHandshake(f *testing.F) {
	f.Add(unhex(f, "0e 000000"))
	f.Add(unhex(f, "14 000003 010203"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := ParseHandshake(b)
		if err != nil {
			if !errors.Is(err, ErrShort) {
				t.Fatalf("error %v is not ErrShort", err)
			}
			return
		}
		if again, err := h.Append(nil); err != nil || !bytes.Equal(again, b[:n]) {
			t.Errorf("parsed %x, appended %x, error %v", b[:n], again, err)
		}
	})
}
