package cipherstring

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// wanted is what a name of a cipher list, or several joined by "+", asks of a suite.
type wanted struct {
	id      tlswire.Suite // a certain suite; 0: any
	columns [nColumns]values
}

// values are what may stand in a column: one of list, or with not, none of it. The zero value allows anything.
type values struct {
	list []string
	not  bool
}

// find returns what name asks for.
func (t *opensslTable) find(name string) (w wanted, known bool) {
	for _, s := range t.suites {
		if s.name == name && !s.is(minimum, tls13) {
			return s.itself(), true
		}
	}
	for _, a := range t.aliases {
		if a.name == name {
			return terms(a.terms), true
		}
	}
	return wanted{}, false
}

// itself asks for one suite. Joined with other names, each of its properties counts but the version.
func (s *opensslSuite) itself() wanted {
	w := wanted{id: s.id}
	for n := range nColumns {
		if n != minimum && s.columns[n][0] != "" {
			w.columns[n] = values{list: s.columns[n]}
		}
	}
	return w
}

// terms reads the terms of an alias, such as "kx=DH auth=!None".
func terms(text string) wanted {
	var w wanted
	names := []string{"kx", "auth", "enc", "bits", "mac", "min", "class", "mark"}
	for _, field := range strings.Fields(text) {
		name, list, _ := strings.Cut(field, "=")
		list, not := strings.CutPrefix(list, "!")
		if n := slices.Index(names, name); n >= 0 {
			w.columns[n] = values{list: strings.Split(list, "|"), not: not}
		}
	}
	return w
}

// and joins two names. It returns false if they exclude each other: OpenSSL then passes over the whole rule.
func (w wanted) and(other wanted) (wanted, bool) {
	if w.columns[class].list == nil && other.columns[class].list != nil && slices.Contains(w.columns[mark].list, nonDefault) {
		w.columns[mark] = values{} // OpenSSL forgets that one when the first class comes
	}
	for n := range nColumns {
		var possible bool
		if w.columns[n], possible = w.columns[n].and(other.columns[n]); !possible {
			return w, false
		}
	}
	if other.id != 0 {
		w.id = other.id
	}
	return w, true
}

func (v values) and(other values) (values, bool) {
	if v.list == nil {
		return other, true
	}
	if other.list == nil {
		return v, true
	}
	if v.not && other.not {
		return values{list: slices.Concat(v.list, other.list), not: true}, true
	}
	if v.not {
		v, other = other, v
	}
	var both []string
	for _, x := range v.list {
		if slices.Contains(other.list, x) != other.not {
			both = append(both, x)
		}
	}
	return values{list: both}, both != nil
}

// matches reports whether s is wanted.
func (w wanted) matches(s *opensslSuite) bool {
	if w.id != 0 && w.id != s.id {
		return false
	}
	for n := range nColumns {
		if v := w.columns[n]; v.list != nil && v.not == slices.ContainsFunc(s.columns[n], func(x string) bool { return slices.Contains(v.list, x) }) {
			return false
		}
	}
	return true
}
