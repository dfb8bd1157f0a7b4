package report

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestFieldsAreExplained wants the page on the format to name every field that a report can have.
func TestFieldsAreExplained(t *testing.T) {
	page, err := os.ReadFile("../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	for _, w := range regexp.MustCompile(`\w+`).FindAllString(string(page), -1) {
		words[w] = true
	}
	names := map[string]string{}
	fieldNames(reflect.TypeFor[Report](), names, map[reflect.Type]bool{})
	if len(names) < 200 {
		t.Errorf("only %d names of fields were found", len(names))
	}
	for name, where := range names {
		if !words[name] {
			t.Errorf("%s of %s is not explained", name, where)
		}
	}
}

// fieldNames adds the names that the fields of t and of all it holds have in JSON, each with a type that has it.
func fieldNames(t reflect.Type, names map[string]string, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		fieldNames(t.Elem(), names, seen)
	case reflect.Struct:
		if t.Implements(reflect.TypeFor[json.Marshaler]()) { // has no fields that one could see
			return
		}
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && name != "-" {
				names[name] = t.String()
			}
			if f.IsExported() && name != "-" {
				fieldNames(f.Type, names, seen)
			}
		}
	default:
	}
}
