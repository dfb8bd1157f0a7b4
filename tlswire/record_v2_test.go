package tlswire

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRecordV2(t *testing.T) {
	cases := []struct {
		name, hex string
		want      RecordV2
	}{
		{"error message", "8003 000001", RecordV2{Payload: []byte{0, 0, 1}, Padding: []byte{}}},
		{"empty", "8000", RecordV2{Payload: []byte{}, Padding: []byte{}}},
		{"3-byte header", "0003 00 000001", RecordV2{Payload: []byte{0, 0, 1}, Padding: []byte{}, ThreeByte: true}},
		{"padding", "0005 02 000001 eeff", RecordV2{Payload: []byte{0, 0, 1}, Padding: []byte{0xEE, 0xFF}, ThreeByte: true}},
		{"nothing but padding", "0002 02 eeff", RecordV2{Payload: []byte{}, Padding: []byte{0xEE, 0xFF}, ThreeByte: true}},
		{"escape", "4001 00 ab", RecordV2{Payload: []byte{0xAB}, Padding: []byte{}, ThreeByte: true, Escape: true}},
		{"longest 2-byte", "ffff 5a*32767", RecordV2{Payload: bytes.Repeat([]byte{0x5A}, MaxRecordV2), Padding: []byte{}}},
		{"longest 3-byte", "3fff 00 5a*16383", RecordV2{Payload: bytes.Repeat([]byte{0x5A}, MaxRecordV2Padded), Padding: []byte{}, ThreeByte: true}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.hex)
			got, n, err := ParseRecordV2(append(b[:len(b):len(b)], "next"...))
			if err != nil || n != len(b) {
				t.Fatalf("took %d bytes, error %v, want %d", n, err, len(b))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("parsed (-want +got):\n%s", diff)
			}
			if again, err := got.Append([]byte("before")); err != nil || string(again) != "before"+string(b) {
				t.Errorf("appended %x, error %v", again, err)
			}
			checkShortRecordV2(t, b)
		})
	}
}

func checkShortRecordV2(t *testing.T, b []byte) {
	t.Helper()
	for n := range min(len(b), 64) {
		if _, _, err := ParseRecordV2(b[:n:n]); !errors.Is(err, ErrShort) {
			t.Errorf("cut to %d of %d bytes: error %v, want ErrShort", n, len(b), err)
		}
	}
	if _, _, err := ParseRecordV2(b[:len(b)-1]); !errors.Is(err, ErrShort) {
		t.Errorf("without the last byte: error %v, want ErrShort", err)
	}
}

func TestParseRecordV2Padding(t *testing.T) {
	if _, _, err := ParseRecordV2(unhex(t, "0002 03")); !errors.Is(err, ErrMalformed) {
		t.Errorf("more padding than record: error %v, want ErrMalformed", err)
	}
}

func TestRecordV2AppendErrors(t *testing.T) {
	for name, r := range map[string]RecordV2{
		"2-byte too long":       {Payload: make([]byte, 1<<15)},
		"3-byte too long":       {Payload: make([]byte, 1<<14-1), Padding: []byte{0}, ThreeByte: true},
		"padding too long":      {Padding: make([]byte, 256), ThreeByte: true},
		"padding needs 3 bytes": {Padding: []byte{0}},
		"escape needs 3 bytes":  {Escape: true},
	} {
		t.Run(name, func(t *testing.T) {
			if b, err := r.Append(nil); err == nil {
				t.Errorf("appended %d bytes, want an error", len(b))
			}
		})
	}
}

func FuzzParseRecordV2(f *testing.F) {
	f.Add(unhex(f, "8003 000001"))
	f.Add(unhex(f, "0005 02 000001 eeff"))
	f.Add(unhex(f, "4001 00 ab"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, n, err := ParseRecordV2(b)
		if err != nil {
			if !errors.Is(err, ErrShort) && !errors.Is(err, ErrMalformed) {
				t.Fatalf("error %v is no sentinel", err)
			}
			return
		}
		if again, err := r.Append(nil); err != nil || !bytes.Equal(again, b[:n]) {
			t.Errorf("parsed %x, appended %x, error %v", b[:n], again, err)
		}
	})
}
