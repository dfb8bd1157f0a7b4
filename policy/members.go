package policy

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Misplaced says that another kind of value stands where e has it: package json has no words of its own for that.
func Misplaced(e *json.UnmarshalTypeError) string {
	article := "a "
	if strings.HasPrefix(e.Value, "object") || strings.HasPrefix(e.Value, "array") {
		article = "an "
	}
	return article + e.Value + " stands where none belongs"
}

// Shape is what JSON has to be like for package json to read a type from it.
type Shape struct {
	names   []string // of the members of objects, in the order of the fields; none where any will do
	of      []*Shape // those members, in that order
	element *Shape   // of arrays
}

// ShapeOf returns the shape of t, which must not contain itself.
func ShapeOf(t reflect.Type) *Shape {
	s := new(Shape)
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
	case t.Kind() == reflect.Slice:
		s.element = ShapeOf(t.Elem())
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "" && f.Anonymous:
				inner := ShapeOf(f.Type)
				s.names, s.of = append(s.names, inner.names...), append(s.of, inner.of...)
			case name != "" && name != "-":
				s.names, s.of = append(s.names, name), append(s.of, ShapeOf(f.Type))
			}
		}
	}
	return s
}

// Exact wants each member of the objects in a text of JSON to be there once and, where its shape tells, to be called with its
// capitals as there: package json takes the last of two, does not mind capitals, and tells what it does not know in a sentence
// alone. The error may be an UnknownName; at is where in the text it was found. A shape may be nil; text that is no JSON is none
// of its business.
func Exact(text []byte, shape *Shape) (at int64, err error) {
	var open []*place
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		token, err := d.Token()
		if err != nil {
			return 0, nil // the end
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		value := shape
		if top := len(open) - 1; top >= 0 {
			if value, err = open[top].take(token); err != nil {
				return d.InputOffset(), err
			}
		}
		if token == json.Delim('{') || token == json.Delim('[') {
			open = append(open, &place{shape: value, array: token == json.Delim('[')})
		}
	}
}

// place is an object or an array that is being read.
type place struct {
	shape   *Shape // nil if that is not known
	array   bool
	members []string
	named   bool   // the name of a member was read, and its value comes next
	value   *Shape // of that member
}

// take takes the next token of p: the name of a member, or how a value begins, of which it returns the shape.
func (p *place) take(token json.Token) (*Shape, error) {
	switch {
	case p.array && p.shape != nil:
		return p.shape.element, nil
	case p.array:
		return nil, nil
	case p.named:
		p.named = false
		return p.value, nil
	}
	name, _ := token.(string)
	if slices.Contains(p.members, name) {
		return nil, fmt.Errorf("%s: twice", name)
	}
	p.members, p.named, p.value = append(p.members, name), true, nil
	if p.shape != nil && len(p.shape.names) > 0 {
		i := slices.Index(p.shape.names, name)
		if i < 0 {
			return nil, &UnknownName{name, p.shape.names, fmt.Sprintf("unknown field %q", name)}
		}
		p.value = p.shape.of[i]
	}
	return nil, nil
}
