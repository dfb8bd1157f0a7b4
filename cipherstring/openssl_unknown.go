package cipherstring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/tlswire"
)

// unknown warns about a name that OpenSSL passes over.
func (e *evaluation) unknown(word, name string, what sign) {
	effect := "ignored"
	if what == kill || what == del {
		effect = "ignored, so it takes nothing away"
	}
	switch near, ok := e.nearest(name); {
	case name == "DEFAULT":
		e.result.warn(word, "is "+effect+": DEFAULT counts only as the first word")
	case strings.EqualFold(near, name):
		e.result.warn(word, fmt.Sprintf("is %s: capitals matter, it is %s", effect, near))
	case e.version.elsewhere(name):
		if what == add { // to take away what is not there does no harm
			e.result.warn(word, fmt.Sprintf("is %s: %s as its authors build it has no %s", effect, e.result.Library, name))
		}
	case ok:
		e.result.warn(word, fmt.Sprintf("is %s: did you mean %s?", effect, near))
	default:
		e.result.warn(word, "is "+effect+": there is no such name")
	}
}

// nearest returns the name that was probably meant.
func (e *evaluation) nearest(name string) (string, bool) {
	var names []string
	for _, a := range e.table.aliases {
		names = append(names, a.name)
	}
	for _, s := range e.table.suites {
		names = append(names, s.name)
	}
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n, true
		}
	}
	if near, ok := spell.Nearest(name, names); ok {
		return near, true
	}
	return spell.Nearest(strings.ToUpper(name), names)
}

// elsewhere reports whether another version of OpenSSL, or one built in another way, knows name.
func (v OpenSSLVersion) elsewhere(name string) bool {
	for _, s := range tlswire.Suites() {
		if s.OpenSSL == name {
			return true
		}
	}
	all, err := readAliases("")
	return err == nil && slices.ContainsFunc(all, func(a alias) bool { return a.name == name })
}
