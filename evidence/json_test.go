package evidence

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJSONLosesNothing stores values in which every field is set, and empty ones.
func TestJSONLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, zero := range []any{Endpoint{}, Certificate{}, TrustResult{}, Run{}, Tool{}} {
		typ := reflect.TypeOf(zero)
		t.Run(typ.Name(), func(t *testing.T) {
			same(t, reflect.New(typ).Interface())
			for range 50 {
				v := reflect.New(typ)
				fill(v.Elem(), r)
				same(t, v.Interface())
			}
		})
	}
}

// same wants the value that v points to back from its JSON form.
func same(t *testing.T, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	back := reflect.New(reflect.TypeOf(v).Elem()).Interface()
	if err := json.Unmarshal(text, back); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if diff := cmp.Diff(v, back); diff != "" {
		t.Fatalf("came back different (-want +got):\n%s", diff)
	}
}

// TestJSONTellsAbsenceFromEmptiness: a certificate may have an extension without content, which is not the same as none.
func TestJSONTellsAbsenceFromEmptiness(t *testing.T) {
	for _, c := range []Certificate{{}, {KeyUsage: []string{}, ExtKeyUsage: []string{}}} {
		same(t, &c)
	}
}
