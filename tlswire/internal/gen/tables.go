package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// alias is a name by which a code point is found. Where two code points share
// a name, the one of the lower rank has it.
type alias struct {
	name string
	code uint64
	rank int
}

// nameTable writes the table that finds code points by name, sorted by name.
func nameTable(variable, goType string, digits int, aliases []alias) string {
	slices.SortFunc(aliases, func(a, b alias) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.rank, b.rank), cmp.Compare(a.code, b.code))
	})
	aliases = slices.CompactFunc(aliases, func(a, b alias) bool { return a.name == b.name })
	var b strings.Builder
	fmt.Fprintf(&b, "\n// %s is sorted by name.\nvar %s = []named[%s]{\n", variable, variable, goType)
	for _, a := range aliases {
		if a.name != "" {
			fmt.Fprintf(&b, "{0x%0*X, %q},\n", digits, a.code, a.name)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// infoTable writes the table of attributes, sorted by code point.
func infoTable(variable, goType string, rows []row, line func(row) string) string {
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.code(), b.code()) })
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is sorted by code point.\nvar %s = []%s{\n", variable, variable, goType)
	for _, r := range rows {
		fmt.Fprintf(&b, "{%s},\n", line(r))
	}
	b.WriteString("}\n")
	return b.String()
}

// without drops the rows for which drop says so.
func without(rows []row, drop func(row) bool) []row {
	return slices.DeleteFunc(slices.Clone(rows), drop)
}

// fields collects the fields of one composite literal, leaving out those that
// have their zero value.
type fields struct{ parts []string }

func (f *fields) raw(name, value string) { f.parts = append(f.parts, name+": "+value) }

func (f *fields) text(name, value string) {
	if value != "" {
		f.raw(name, fmt.Sprintf("%q", value))
	}
}

func (f *fields) number(name string, value int) {
	if value != 0 {
		f.raw(name, fmt.Sprint(value))
	}
}

func (f *fields) flag(name string, value bool) {
	if value {
		f.raw(name, "true")
	}
}

func (f *fields) String() string { return strings.Join(f.parts, ", ") }
