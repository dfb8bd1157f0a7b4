package legacy

import (
	"bytes"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

func TestServerVerifyV2(t *testing.T) {
	for _, suite := range []tlswire.Suite{rc4V2, rc4ExportV2, tripleDESV2} {
		key, _, arg := KeyLengthV2(suite)
		s := SecretsV2{Cipher: suite, Master: bytes.Repeat([]byte{7}, key), Challenge: []byte("0123456789abcdef"), ConnectionID: []byte("id"),
			KeyArg: make([]byte, arg)}
		raw, err := s.SealVerifyV2()
		if err != nil {
			t.Fatal(err)
		}
		rec, n, err := tlswire.ParseRecordV2(raw)
		if err != nil || n != len(raw) {
			t.Fatalf("%v: %d of %d bytes, %v", suite, n, len(raw), err)
		}
		if !s.OpensVerifyV2(rec) {
			t.Errorf("%v: does not open its own", suite)
		}
		s.Master[0]++
		if s.OpensVerifyV2(rec) {
			t.Errorf("%v: opens what another key sealed", suite)
		}
		if s.OpensVerifyV2(tlswire.RecordV2{Payload: rec.Payload[:len(rec.Payload)-1]}) || s.OpensVerifyV2(tlswire.RecordV2{}) {
			t.Errorf("%v: opens anything", suite)
		}
	}
	if (SecretsV2{Cipher: 0x030080}).OpensVerifyV2(tlswire.RecordV2{Payload: make([]byte, 64)}) {
		t.Error("opens by a cipher that is not there")
	}
}
