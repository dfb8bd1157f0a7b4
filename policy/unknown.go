package policy

import (
	"errors"
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

// unknownIn makes an UnknownName of an error about a name of package tlswire; nil of any other.
func unknownIn(err error) *UnknownName {
	var name *tlswire.NameError
	if !errors.As(err, &name) {
		return nil
	}
	e := &UnknownName{Name: name.Name, Text: name.Error()}
	switch name.Of.(type) {
	case tlswire.Suite:
		e.Known = suiteNames()
	case tlswire.Version:
		e.Known = versionNames()
	case tlswire.Group:
		e.Known = namesOf[tlswire.Group]()
	case tlswire.SignatureScheme:
		e.Known = namesOf[tlswire.SignatureScheme]()
	case tlswire.ExtensionType:
		e.Known = namesOf[tlswire.ExtensionType]()
	}
	return e
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
