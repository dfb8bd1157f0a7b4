package tlswire

import "testing"

func TestKeyUpdate(t *testing.T) {
	testVectors(t, ParseKeyUpdate, []vector[KeyUpdate]{
		{name: "not requested", hex: "00"},
		{name: "requested", hex: "01", want: KeyUpdate{Requested: true}},
	})
	testMalformed(t, ParseKeyUpdate, map[string]string{"another value": "02"})
}
