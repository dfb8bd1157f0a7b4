package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// object is one that is being read, or an array.
type object struct {
	members []string
	array   bool
	value   bool // the name of a member was read
}

// Exact wants each member of the objects in a text of JSON to be there once and to be called, with its capitals, one of known:
// package json takes the last of two, and does not mind capitals. The error may be an UnknownName; at is where in the text it
// was found. Text that is no JSON is none of its business.
func Exact(text []byte, known []string) (at int64, err error) {
	var open []object
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		token, err := d.Token()
		if err != nil {
			return 0, nil // the end
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if top := len(open) - 1; top >= 0 && !open[top].array {
			if err := open[top].read(token, known); err != nil {
				return d.InputOffset(), err
			}
		}
		if token == json.Delim('{') || token == json.Delim('[') {
			open = append(open, object{array: token == json.Delim('[')})
		}
	}
}

// read takes the next token of an object: the name of a member, or its value, or how that begins.
func (o *object) read(token json.Token, known []string) error {
	if o.value = !o.value; !o.value {
		return nil
	}
	name, _ := token.(string)
	switch {
	case slices.Contains(o.members, name):
		return fmt.Errorf("%s: twice", name)
	case !slices.Contains(known, name):
		return &UnknownName{name, known, fmt.Sprintf("unknown field %q", name)}
	}
	o.members = append(o.members, name)
	return nil
}
