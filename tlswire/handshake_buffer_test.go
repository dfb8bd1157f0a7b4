package tlswire

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// flight is three messages in a row, one of them empty.
func flight() ([]Handshake, []byte) {
	messages := []Handshake{
		{TypeServerHello, bytes.Repeat([]byte{1}, 300)},
		{TypeServerHelloDone, []byte{}},
		{TypeFinished, []byte{1, 2, 3}},
	}
	var stream []byte
	for _, m := range messages {
		stream, _ = m.Append(stream)
	}
	return messages, stream
}

func drain(t *testing.T, b *HandshakeBuffer) (list []Handshake) {
	t.Helper()
	for {
		h, ok, err := b.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return list
		}
		list = append(list, h)
	}
}

func TestHandshakeBufferPieces(t *testing.T) {
	want, stream := flight()
	for _, size := range []int{1, 2, 3, 4, 5, 7, 300, 304, 305, len(stream)} {
		var b HandshakeBuffer
		var got []Handshake
		for _, piece := range RecordFragments(stream, size) {
			b.Feed(piece)
			got = append(got, drain(t, &b)...)
			b.Feed(nil) // an empty record in between changes nothing
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pieces of %d bytes (-want +got):\n%s", size, diff)
		}
		if b.Pending() != 0 {
			t.Errorf("pieces of %d bytes: %d bytes left over", size, b.Pending())
		}
	}
}

func TestHandshakeBufferPending(t *testing.T) {
	_, stream := flight()
	var b HandshakeBuffer
	b.Feed(stream[:len(stream)-1])
	if got := len(drain(t, &b)); got != 2 {
		t.Errorf("%d messages, want 2", got)
	}
	if got := b.Pending(); got != 6 {
		t.Errorf("%d bytes pending, want 6", got)
	}
}

func TestHandshakeBufferLimit(t *testing.T) {
	cases := []struct {
		name string
		max  int
		head string
		want error
	}{
		{"at the limit", 16, "0b 000010", nil},
		{"one above", 16, "0b 000011", ErrTooLarge},
		{"at the default limit", 0, "0b 100000", nil},
		{"above the default limit", 0, "0b 100001", ErrTooLarge},
		{"longest there is, allowed", 1<<24 - 1, "0b ffffff", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := HandshakeBuffer{MaxMessage: c.max}
			b.Feed(unhex(t, c.head))
			for range 2 { // the error stays
				if _, ok, err := b.Next(); ok || !errors.Is(err, c.want) {
					t.Errorf("message %v, error %v, want %v", ok, err, c.want)
				}
			}
		})
	}
}

func TestHandshakeBufferBodiesAreKept(t *testing.T) {
	record := unhex(t, "14 000002 0102")
	var b HandshakeBuffer
	b.Feed(record)
	first := drain(t, &b)[0]
	copy(record, "\x14\x00\x00\x02\xff\xff")
	b.Feed(record)
	drain(t, &b)
	if !bytes.Equal(first.Body, []byte{1, 2}) {
		t.Errorf("body changed to %x after later records", first.Body)
	}
}

// A million records of one byte must not cost more than their bytes.
func TestHandshakeBufferManyFragments(t *testing.T) {
	const body = 1 << 20
	stream, err := Handshake{TypeCertificate, make([]byte, body)}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	var b HandshakeBuffer
	for i := range stream {
		if _, ok, err := b.Next(); ok || err != nil {
			t.Fatalf("after %d bytes: message %v, error %v", i, ok, err)
		}
		b.Feed(stream[i : i+1])
	}
	if list := drain(t, &b); len(list) != 1 || len(list[0].Body) != body {
		t.Fatalf("%d messages", len(list))
	}
	if limit := 2 * len(stream); cap(b.buf) > limit {
		t.Errorf("buffer grew to %d bytes for %d", cap(b.buf), len(stream))
	}
}

func FuzzHandshakeBuffer(f *testing.F) {
	_, stream := flight()
	f.Add(uint16(7), stream)
	f.Add(uint16(1), unhex(f, "0e 000000 0e 000001"))
	f.Fuzz(func(t *testing.T, size uint16, b []byte) {
		buffer := HandshakeBuffer{MaxMessage: 1 << 12}
		var again []byte
		for _, piece := range RecordFragments(b, int(size)) {
			buffer.Feed(piece)
			for {
				h, ok, err := buffer.Next()
				if err != nil {
					return
				}
				if !ok {
					break
				}
				again, _ = h.Append(again)
			}
		}
		if len(again)+buffer.Pending() != len(b) || !bytes.HasPrefix(b, again) {
			t.Errorf("fed %x, got %x and %d bytes pending", b, again, buffer.Pending())
		}
	})
}
