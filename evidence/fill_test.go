package evidence

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// fill gives v a value in which no part is zero, so that nothing can be lost unnoticed.
func fill(v reflect.Value, r *rand.Rand) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(1+r.Int64N(4e9), r.Int64N(1e9)).UTC()))
		return
	case State:
		v.SetUint(1 + r.Uint64N(uint64(Inapplicable)))
		return
	case tlswire.Suite:
		v.SetUint(1 + r.Uint64N(1<<24-1))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + r.Int64N(1<<31-1))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(1 + r.Uint64N(1<<v.Type().Bits()-1))
	case reflect.String:
		v.SetString(fmt.Sprintf("\u202e\x00\"%x é", r.Uint32()))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r)
	default:
		fillParts(v, r)
	}
}

func fillParts(v reflect.Value, r *rand.Rand) {
	n := 1 + r.IntN(3)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), r)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(v.Index(i), r)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range n {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, r)
			fill(elem, r)
			v.SetMapIndex(key, elem)
		}
	default:
		panic(fmt.Sprintf("a test cannot fill %v", v.Type()))
	}
}
