package tlswire

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRecord(t *testing.T) {
	cases := []struct {
		name, hex string
		want      Record
	}{
		{"alert", "15 0301 0002 0228", Record{ContentAlert, TLS10, []byte{2, 0x28}}},
		{"empty", "17 0303 0000", Record{ContentApplicationData, TLS12, []byte{}}},
		{"minor version nobody knows", "16 0399 0001 ff", Record{ContentHandshake, 0x0399, []byte{0xFF}}},
		{"longest", "17 0303 4800 5a*18432", Record{ContentApplicationData, TLS12, bytes.Repeat([]byte{0x5A}, MaxCiphertext)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.hex)
			got, n, err := ParseRecord(append(b[:len(b):len(b)], "next"...))
			if err != nil || n != len(b) {
				t.Fatalf("took %d bytes, error %v, want %d", n, err, len(b))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("parsed (-want +got):\n%s", diff)
			}
			if again, err := got.Append([]byte("before")); err != nil || string(again) != "before"+string(b) {
				t.Errorf("appended %x, error %v", again, err)
			}
			checkShortRecord(t, b)
		})
	}
}

// checkShortRecord parses every truncation, or the last few of a long record.
func checkShortRecord(t *testing.T, b []byte) {
	t.Helper()
	for n := range len(b) {
		if n > 64 && n < len(b)-64 {
			continue
		}
		if _, _, err := ParseRecord(b[:n:n]); !errors.Is(err, ErrShort) {
			t.Errorf("cut to %d of %d bytes: error %v, want ErrShort", n, len(b), err)
		}
	}
}

func TestParseRecordErrors(t *testing.T) {
	cases := []struct {
		name  string
		input string
		want  error
	}{
		{"nothing yet", "", ErrShort},
		{"SMTP reply", "421 4.7.0 too many connections\r\n", ErrNotTLS},
		{"one byte of an SMTP reply", "4", ErrNotTLS},
		{"IMAP greeting", "* OK ready\r\n", ErrNotTLS},
		{"POP3 greeting", "+OK\r\n", ErrNotTLS},
		{"HTTP", "HTTP/1.1 400 Bad Request\r\n", ErrNotTLS},
		{"type below", "\x13\x03\x01\x00\x00", ErrNotTLS},
		{"type above", "\x19\x03\x01\x00\x00", ErrNotTLS},
		{"major version 2", "\x16\x02", ErrNotTLS},
		{"DTLS", "\x16\xfe\xfd", ErrNotTLS},
		{"SSLv2 record", "\x80\x03\x00\x00\x01", ErrNotTLS},
		{"one byte longer than allowed", "\x16\x03\x01\x48\x01", ErrTooLarge},
		{"longest length there is", "\x16\x03\x01\xff\xff", ErrTooLarge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, n, err := ParseRecord([]byte(c.input))
			if !errors.Is(err, c.want) || n != 0 || r.Payload != nil {
				t.Errorf("record %+v, %d bytes, error %v, want %v", r, n, err, c.want)
			}
		})
	}
}

func TestParseRecordErrorIsOneSafeLine(t *testing.T) {
	_, _, err := ParseRecord([]byte("\x1b[2Jhello\r\n" + strings.Repeat("x", 100)))
	if text := err.Error(); strings.ContainsAny(text, "\x1b\r\n") || len(text) > 120 {
		t.Errorf("error %q shows what the peer sent without care", text)
	}
}

func TestRecordAppendLimit(t *testing.T) {
	if _, err := (Record{Payload: make([]byte, 1<<16)}).Append(nil); !errors.Is(err, ErrTooLarge) {
		t.Errorf("65536 bytes: error %v, want ErrTooLarge", err)
	}
	b, err := Record{ContentHandshake, TLS10, make([]byte, 1<<16-1)}.Append(nil)
	if err != nil || len(b) != RecordHeaderLen+1<<16-1 {
		t.Errorf("65535 bytes, illegal but writable: %d bytes, error %v", len(b), err)
	}
}

func TestRecordFragments(t *testing.T) {
	cases := []struct {
		name    string
		payload int
		size    int
		want    []int
	}{
		{"empty", 0, 10, []int{0}},
		{"fits", 10, 10, []int{10}},
		{"one more", 11, 10, []int{10, 1}},
		{"single bytes", 3, 1, []int{1, 1, 1}},
		{"no size", MaxPlaintext + 1, 0, []int{MaxPlaintext, 1}},
		{"negative size", 3, -1, []int{3}},
		{"size too large", MaxPlaintext + 2, 1 << 20, []int{MaxPlaintext, 2}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			payload := make([]byte, c.payload)
			for i := range payload {
				payload[i] = byte(i)
			}
			var sizes []int
			pieces := RecordFragments(payload, c.size)
			for _, p := range pieces {
				sizes = append(sizes, len(p))
			}
			if diff := cmp.Diff(c.want, sizes); diff != "" {
				t.Errorf("sizes (-want +got):\n%s", diff)
			}
			if !bytes.Equal(bytes.Join(pieces, nil), payload) {
				t.Error("pieces do not join to the payload")
			}
		})
	}
}

func TestAppendRecords(t *testing.T) {
	got := AppendRecords([]byte{0xAA}, ContentHandshake, TLS10, []byte{1, 2, 3}, 2)
	if want := unhex(t, "aa 16 0301 0002 0102 16 0301 0001 03"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte("421 4.7.0 too many connections\r\n"))
	f.Add(unhex(f, "15 0301 0002 0228"))
	f.Add(unhex(f, "17 0303 0000"))
	f.Add(unhex(f, "16 0301 ffff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, n, err := ParseRecord(b)
		if err != nil {
			if !errors.Is(err, ErrShort) && !errors.Is(err, ErrNotTLS) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("error %v is no sentinel", err)
			}
			return
		}
		if again, err := r.Append(nil); err != nil || !bytes.Equal(again, b[:n]) {
			t.Errorf("parsed %x, appended %x, error %v", b[:n], again, err)
		}
	})
}
