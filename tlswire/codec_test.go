package tlswire

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// message is what every message offers, whatever it is.
type message interface{ Marshal() ([]byte, error) }

// unhex reads bytes written in hexadecimal, with spaces anywhere between them and "00*16" for sixteen times 00.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for _, token := range strings.Fields(s) {
		digits, times, repeated := strings.Cut(token, "*")
		b, err := hex.DecodeString(digits)
		n := 1
		if err == nil && repeated {
			n, err = strconv.Atoi(times)
		}
		if err != nil {
			t.Fatalf("test vector token %q: %v", token, err)
		}
		for range n {
			out = append(out, b...)
		}
	}
	return out
}

// vector is one message in both forms.
type vector[T message] struct {
	name string
	hex  string
	want T
	// whole lists the lengths at which the bytes, cut short, are a whole message too.
	whole []int
}

// testVectors parses and marshals each vector, and then parses every truncation of it and a byte too many.
func testVectors[T message](t *testing.T, parse func([]byte) (T, error), vectors []vector[T]) {
	t.Helper()
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			b := unhex(t, v.hex)
			got, err := parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.want, got); diff != "" {
				t.Errorf("parsed (-want +got):\n%s", diff)
			}
			checkMarshal(t, v.want, b)
			checkTruncations(t, parse, b, v.whole)
			checkMalformed(t, parse, append(b[:len(b):len(b)], 0))
		})
	}
}

func checkMarshal(t *testing.T, m message, want []byte) {
	t.Helper()
	got, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hex.EncodeToString(want), hex.EncodeToString(got)); diff != "" {
		t.Errorf("marshalled (-want +got):\n%s", diff)
	}
}

func checkTruncations[T any](t *testing.T, parse func([]byte) (T, error), b []byte, whole []int) {
	t.Helper()
	allowed := map[int]bool{}
	for _, n := range whole {
		allowed[n] = true
	}
	for n := range len(b) {
		if _, err := parse(b[:n:n]); (err == nil) != allowed[n] || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("cut to %d of %d bytes: error %v, want success %v", n, len(b), err, allowed[n])
		}
	}
}

func checkMalformed[T any](t *testing.T, parse func([]byte) (T, error), b []byte) {
	t.Helper()
	if got, err := parse(b); !errors.Is(err, ErrMalformed) {
		t.Errorf("parsing %x: got %+v, error %v, want ErrMalformed", b, got, err)
	}
}

// testMalformed parses bytes that contradict themselves in other ways than by their end.
func testMalformed[T any](t *testing.T, parse func([]byte) (T, error), cases map[string]string) {
	t.Helper()
	for name, h := range cases {
		t.Run(name, func(t *testing.T) { checkMalformed(t, parse, unhex(t, h)) })
	}
}

// testUnmarshalable marshals values that the wire format has no room for.
func testUnmarshalable(t *testing.T, cases map[string]message) {
	t.Helper()
	for name, m := range cases {
		t.Run(name, func(t *testing.T) {
			if b, err := m.Marshal(); err == nil {
				t.Errorf("marshalled to %d bytes, want an error", len(b))
			}
		})
	}
}

// remarshal parses and marshals; its results are the bytes and whether they were a message.
func remarshal[T message](parse func([]byte) (T, error)) func(testing.TB, []byte) ([]byte, bool) {
	return func(t testing.TB, b []byte) ([]byte, bool) {
		m, err := parse(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("error %v is not ErrMalformed", err)
			}
			return nil, false
		}
		out, err := m.Marshal()
		if err != nil {
			t.Fatalf("marshalling what was parsed: %v", err)
		}
		return out, true
	}
}

// fixed binds the version that some parsers need.
func fixed[T any](parse func([]byte, Version) (T, error), v Version) func([]byte) (T, error) {
	return func(b []byte) (T, error) { return parse(b, v) }
}

// checkIdentity fails unless b, if it is a message at all, marshals to itself.
func checkIdentity(t testing.TB, again func(testing.TB, []byte) ([]byte, bool), b []byte) {
	t.Helper()
	if out, ok := again(t, b); ok && string(out) != string(b) {
		t.Errorf("parsed %x\nmarshalled %x", b, out)
	}
}
