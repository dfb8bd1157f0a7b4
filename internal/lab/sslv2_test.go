package lab

import (
	"errors"
	"slices"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// checkV2 offers all cipher kinds of SSLv2 and checks which come back.
func checkV2(t *testing.T, r *Running) {
	t.Helper()
	conn, in := dial(t, r)
	defer conn.Close()
	body, err := tlswire.ClientHelloV2{Version: tlswire.SSLv2, Ciphers: kindsV2(), Challenge: make([]byte, 16)}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	record, err := tlswire.RecordV2{Payload: body}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.Write(record)
	var got []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			t.Fatalf("SSLv2: %v", err)
		}
		got = append(got, b)
		record, _, err := tlswire.ParseRecordV2(got)
		if errors.Is(err, tlswire.ErrShort) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		answer, err := tlswire.ParseServerHelloV2(record.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if want := r.Server.Suites[tlswire.SSLv2]; !slices.Equal(answer.Ciphers, want) && len(want)+len(answer.Ciphers) > 0 {
			t.Errorf("SSLv2 kinds %v, want %v", answer.Ciphers, want)
		}
		if _, err := publicKey(answer.Certificate); err != nil {
			t.Errorf("SSLv2 certificate: %v", err)
		}
		return
	}
}
