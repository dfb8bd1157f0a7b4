package tlswire

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClientMasterKeyV2(t *testing.T) {
	m := ClientMasterKeyV2{Cipher: 0x0700C0, Clear: []byte{1, 2}, Encrypted: []byte{3, 4, 5}, KeyArg: []byte{6}}
	raw, err := m.Marshal()
	if want := []byte{2, 7, 0, 0xC0, 0, 2, 0, 3, 0, 1, 1, 2, 3, 4, 5, 6}; err != nil || !bytes.Equal(raw, want) {
		t.Fatalf("%x, %v, want %x", raw, err, want)
	}
	got, err := ParseClientMasterKeyV2(raw)
	if diff := cmp.Diff(m, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for n := range raw {
		if _, err := ParseClientMasterKeyV2(raw[:n]); err == nil {
			t.Errorf("%d bytes are parsed", n)
		}
	}
	if _, err := ParseClientMasterKeyV2(append(raw, 0)); err == nil {
		t.Error("a byte more is parsed")
	}
}
