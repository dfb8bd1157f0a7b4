package evidence

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestKeysNameEveryFact finds a fact without a key, or with a key that reads another one.
func TestKeysNameEveryFact(t *testing.T) {
	fields := reflect.TypeFor[Facts]()
	if len(Keys()) != fields.NumField() {
		t.Fatalf("%d keys for %d facts", len(Keys()), fields.NumField())
	}
	for i, k := range Keys() {
		name := fields.Field(i).Tag.Get("json")
		var f Facts
		if err := json.Unmarshal([]byte(`{"`+name+`": {"state": "unknown", "why": "lost"}}`), &f); err != nil {
			t.Fatal(err)
		}
		if state, why := k.Condition(&f); k.Name != name || state != Unknown || why != "lost" {
			t.Errorf("key %s of the fact %s: state %v, reason %q", k.Name, name, state, why)
		}
		k.Exclude(&f, "no TLS")
		if state, why := k.Condition(&f); state != Inapplicable || why != "no TLS" {
			t.Errorf("%s after Exclude: state %v, reason %q", name, state, why)
		}
	}
}

// TestOnlyCopiesWhatIsNamed wants of full facts the one that is named, as it was, and nothing of the others.
func TestOnlyCopiesWhatIsNamed(t *testing.T) {
	var f Facts
	fill(reflect.ValueOf(&f).Elem(), rand.New(rand.NewPCG(1, 2)))
	if got := f.Only(Keys()...); !reflect.DeepEqual(*got, f) {
		t.Errorf("all keys copy %+v of %+v", got, f)
	}
	for i, k := range Keys() {
		var want Facts
		reflect.ValueOf(&want).Elem().Field(i).Set(reflect.ValueOf(f).Field(i))
		if got := f.Only(k); !reflect.DeepEqual(*got, want) {
			t.Errorf("%s copies %+v", k.Name, got)
		}
	}
	if got := f.Only(); !reflect.DeepEqual(*got, Facts{}) {
		t.Errorf("no key copies %+v", got)
	}
}
