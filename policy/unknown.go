package policy

import (
	"reflect"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// UnknownName is the error about a name that is none of those that can stand in its place.
type UnknownName struct {
	Name  string
	Known []string // those that can
	Text  string   // the message
}

// Error returns the message.
func (e *UnknownName) Error() string { return e.Text }

// unknownIn makes an UnknownName of a message about one, "unknown field" or "unknown name", as package json and tlswire write
// them; nil of any other.
func unknownIn(text string) *UnknownName {
	_, rest, ok := strings.Cut(text, `unknown `)
	_, rest, quoted := strings.Cut(rest, `"`)
	name, _, ended := strings.Cut(rest, `"`)
	if !ok || !quoted || !ended {
		return nil
	}
	e := &UnknownName{Name: name, Text: text}
	for kind, known := range map[string]func() []string{
		"unknown field": fieldNames, "cipher suite": suiteNames, "protocol version": versionNames,
		"group": namesOf[tlswire.Group], "signature scheme": namesOf[tlswire.SignatureScheme], "type of extension": namesOf[tlswire.ExtensionType],
	} {
		if strings.Contains(text, kind) {
			e.Known = known()
		}
	}
	return e
}

// fieldNames are the names of all members that objects in a policy can have, wherever.
func fieldNames() []string {
	var out []string
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && name != "-" && !slices.Contains(out, name) {
				out = append(out, name)
			}
			if f.IsExported() {
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Policy]())
	return out
}

func suiteNames() []string {
	var out []string
	for _, s := range tlswire.Suites() {
		out = append(out, s.Name)
	}
	return out
}

func versionNames() []string {
	var out []string
	for _, v := range tlswire.Versions() {
		out = append(out, v.String())
	}
	return out
}

// namesOf are the names of all code points that have one.
func namesOf[T interface {
	~uint16
	String() string
}]() []string {
	var out []string
	for i := range 1 << 16 {
		if name := T(i).String(); !strings.HasPrefix(name, "0x") {
			out = append(out, name)
		}
	}
	return out
}
