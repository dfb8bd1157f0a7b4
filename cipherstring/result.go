package cipherstring

import "github.com/mailtls/mailtls/tlswire"

// Result is what a string enables.
type Result struct {
	Library string // the library and the version whose lists were used, such as "OpenSSL 3.0"
	// Suites are all that the library puts on its list, most preferred first, as its own tool prints them.
	Suites []Entry
	// Level is the security level of OpenSSL that was applied, -1 where there is none (OpenSSL 1.0.2, GnuTLS).
	Level    int
	LevelSet bool              // the string says so; else it is the default of OpenSSL's authors
	Versions []tlswire.Version // those that a priority string enables, in its order; nil for OpenSSL, whose strings do not say
	Warnings []Warning         // words that do not do what they look like
}

// Entry is a suite on the list.
type Entry struct {
	ID   tlswire.Suite
	Name string // what the library calls it
	// Barred says why a mail server cannot use the suite although it is on the list; empty if it can.
	Barred string
}

// Warning is about one word of a string.
type Warning struct {
	Word string // as written, with its sign
	Text string // what is wrong with it, to be read after the word
}

// Usable returns the suites that a server with this setting can choose, most preferred first.
func (r *Result) Usable() []Entry {
	var out []Entry
	for _, e := range r.Suites {
		if e.Barred == "" {
			out = append(out, e)
		}
	}
	return out
}

func (r *Result) warn(word, text string) {
	r.Warnings = append(r.Warnings, Warning{Word: word, Text: text})
}

// needsSecret says why no mail server can use a suite whose keys come from passwords or shared secrets.
const (
	needsPSK = "needs a pre-shared key"
	needsSRP = "needs SRP passwords"
)

// maxLength bounds what is read as one string.
const maxLength = 16 << 10
