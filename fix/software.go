package fix

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/mailtls/mailtls/policy"
)

//go:embed data/*.json
var data embed.FS

// Software is one mail server, or a program that does TLS in front of one.
type Software struct {
	Name          string    `json:"name"`  // as in "mailtls harden NAME"
	Title         string    `json:"title"` // as its makers write it
	Also          []string  `json:"also,omitempty"`
	Tried         Tried     `json:"tried"`                     // what our tests did with it
	TriedByPolicy string    `json:"tried_by_policy,omitempty"` // the same of ByPolicy, for people; empty if nothing
	Protocols     []string  `json:"protocols"`                 // that it is recognised in
	Marks         Marks     `json:"marks"`                     // how it is recognised
	File          string    `json:"file"`                      // where the lines belong, for people
	Comment       string    `json:"comment"`                   // what begins a comment in that file
	Edit          string    `json:"edit"`                      // the command that puts one line into it, with %s for the line; empty if there is none
	After         []string  `json:"after"`                     // commands that make the server read it
	Head          []string  `json:"head"`                      // lines of a whole configuration before the settings
	Tail          []string  `json:"tail"`                      // and after them
	Settings      []Setting `json:"settings"`                  // in the order of a whole configuration
}

// Setting is one thing to set, and what that cures.
type Setting struct {
	Title     string      `json:"title"`               // what it does, a short sentence
	Cures     []string    `json:"cures,omitempty"`     // ids of checks
	Role      policy.Role `json:"role,omitempty"`      // only for that role
	Protocols []string    `json:"protocols,omitempty"` // only for those
	Cuts      bool        `json:"cuts,omitempty"`      // old clients can no longer connect
	Note      string      `json:"note,omitempty"`      // what else to know
	Forms     []Form      `json:"forms"`               // newest version first

	// ByPolicy are the forms for whatever policy: with placeholders such as {min} (see ask.words). Without any, the setting is
	// the same by every policy; empty, it is for the policy mail alone.
	ByPolicy   []Form `json:"by_policy,omitempty"`
	PolicyNote string `json:"policy_note,omitempty"` // what else to know of them
}

// Form is how a setting is written in some versions or builds of the software.
type Form struct {
	Since string   `json:"since,omitempty"` // the first version that knows it; empty: all
	Until string   `json:"until,omitempty"` // the first version that does not
	Build string   `json:"build,omitempty"` // the TLS library that it needs: OpenSSL or GnuTLS
	Lines []string `json:"lines,omitempty"` // of Software.File
	Run   []string `json:"run,omitempty"`   // commands
}

// All returns every software there is data for, by name. The error is for data that is broken, which a test excludes.
func All() ([]Software, error) {
	all, err := known()
	return slices.Clone(all), err
}

// known are all of them, read once. Nobody changes them.
var known = sync.OnceValues(read)

func read() ([]Software, error) {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil, fmt.Errorf("reading the settings of mail servers: %w", err)
	}
	var out []Software
	for _, f := range files {
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the settings of mail servers: %w", err)
		}
		s, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("reading the settings in %s: %w", f.Name(), err)
		}
		out = append(out, s)
	}
	return out, nil
}

// Named finds a software by its name or one of its other names, whatever the case.
func Named(name string) (Software, bool) {
	all, err := known()
	if err != nil {
		return Software{}, false
	}
	i := slices.IndexFunc(all, func(s Software) bool {
		return slices.ContainsFunc(append(s.Also, s.Name), func(n string) bool { return strings.EqualFold(n, name) })
	})
	if i < 0 {
		return Software{}, false
	}
	return all[i], true
}

// parse reads one file strictly: a field that is not known is an error.
func parse(text []byte) (Software, error) {
	var s Software
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Software{}, err
	}
	for _, x := range s.Settings {
		if x.Title == "" || len(x.Forms)+len(x.ByPolicy) == 0 {
			return Software{}, fmt.Errorf("setting %q: want a title and a form", x.Title)
		}
	}
	return s, nil
}
