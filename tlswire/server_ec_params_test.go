package tlswire

import "testing"

func explicitCurve(kind CurveType) func([]byte) (ExplicitCurve, error) {
	return func(b []byte) (ExplicitCurve, error) { return ParseExplicitCurve(b, kind) }
}

func TestExplicitCurve(t *testing.T) {
	testVectors(t, explicitCurve(CurveExplicitPrime), []vector[ExplicitCurve]{{
		name: "prime",
		hex:  "02 0017 01 01 01 02 03 040305 01 07 01 01",
		want: ExplicitCurve{
			Prime: []byte{0, 0x17}, A: []byte{1}, B: []byte{2}, Base: []byte{4, 3, 5}, Order: []byte{7}, Cofactor: []byte{1},
		},
	}, {
		name: "empty numbers stay",
		hex:  "00 00 00 00 00 00",
		want: ExplicitCurve{Prime: []byte{}, A: []byte{}, B: []byte{}, Base: []byte{}, Order: []byte{}, Cofactor: []byte{}},
	}})
	testVectors(t, explicitCurve(CurveExplicitChar2), []vector[ExplicitCurve]{{
		name: "trinomial",
		hex:  "00e9 01 01 4a 01 00 01 01 03 040305 01 07 01 02",
		want: ExplicitCurve{
			Degree: 233, Exponents: [][]byte{{74}},
			A: []byte{0}, B: []byte{1}, Base: []byte{4, 3, 5}, Order: []byte{7}, Cofactor: []byte{2},
		},
	}, {
		name: "pentanomial",
		hex:  "00a3 02 01 03 01 06 01 07 01 01 01 01 03 040305 01 07 01 02",
		want: ExplicitCurve{
			Degree: 163, Exponents: [][]byte{{3}, {6}, {7}},
			A: []byte{1}, B: []byte{1}, Base: []byte{4, 3, 5}, Order: []byte{7}, Cofactor: []byte{2},
		},
	}})
}

func TestExplicitCurveMalformed(t *testing.T) {
	testMalformed(t, explicitCurve(CurveExplicitChar2), map[string]string{
		"basis 0": "00e9 00 01 4a 01 00 01 01 03 040305 01 07 01 02",
		"basis 3": "00e9 03 01 4a 01 00 01 01 03 040305 01 07 01 02",
	})
	testMalformed(t, explicitCurve(CurveNamed), map[string]string{"named": "01 17 01 01 01 02 02 0401 01 05 01 01"})
	testUnmarshalable(t, map[string]message{
		"two exponents": ExplicitCurve{Exponents: [][]byte{{1}, {2}}},
		"neither":       ExplicitCurve{},
		"long prime":    ExplicitCurve{Prime: make([]byte, 256)},
	})
}
