package tlswire

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeartbeatMessage(t *testing.T) {
	b := unhex(t, "01 0002 abcd 00*16")
	want := HeartbeatMessage{HeartbeatRequest, []byte{0xAB, 0xCD}, make([]byte, HeartbeatMinPadding)}
	got, err := ParseHeartbeatMessage(b)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, parsed (-want +got):\n%s", err, diff)
	}
	checkMarshal(t, want, b)
	// Padding may have any length, so that cuts behind the payload are messages.
	checkTruncations(t, ParseHeartbeatMessage, b, []int{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
}

func TestHeartbeatMessageErrors(t *testing.T) {
	testMalformed(t, ParseHeartbeatMessage, map[string]string{"payload beyond the record": "01 4000 00*16"})
	testUnmarshalable(t, map[string]message{"long": HeartbeatMessage{Payload: make([]byte, 1<<16)}})
}
