package tlswire

import "testing"

func TestChangeCipherSpec(t *testing.T) {
	testVectors(t, ParseChangeCipherSpec, []vector[ChangeCipherSpec]{{name: "the only one", hex: "01"}})
	testMalformed(t, ParseChangeCipherSpec, map[string]string{"another value": "02"})
}
