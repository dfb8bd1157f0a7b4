package tlswire

import "testing"

func TestWholeBodies(t *testing.T) {
	b := unhex(t, "010203")
	f, err := ParseFinished(b)
	if err != nil {
		t.Fatal(err)
	}
	checkMarshal(t, f, b)
	c, err := ParseClientKeyExchange(b)
	if err != nil {
		t.Fatal(err)
	}
	checkMarshal(t, c, b)
}
