package policy

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed data/*.json
var data embed.FS

// Mail is the name of the policy that grades are made by.
const Mail = "mail"

// Names returns the names of the policies that are built in, sorted.
func Names() []string {
	entries, _ := data.ReadDir("data") // embedded: it cannot fail
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
}

// Named returns the built-in policy with that name. An unknown name is an error that lists the known ones.
func Named(name string) (*Policy, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("unknown policy %q: want %s", name, strings.Join(Names(), " or "))
	}
	b, err := data.ReadFile("data/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading policy %q: %w", name, err)
	}
	return Load(bytes.NewReader(b))
}

// Load reads a policy as JSON. Anything it does not know, and any row without a clause, is an error.
func Load(r io.Reader) (*Policy, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	p := new(Policy)
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("reading policy: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading policy: more text after its end")
	}
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("policy %q: %w", p.Name, err)
	}
	return p, nil
}

func (p *Policy) validate() error {
	if p.Name == "" || p.Version == "" || p.Source == "" {
		return errors.New("name, version and source must be set")
	}
	seen := make(map[string]bool)
	for name, rule := range p.rows() {
		if rule.Clause == "" {
			return fmt.Errorf("%s: no clause", name)
		}
		if seen[name] {
			return fmt.Errorf("%s: twice", name)
		}
		seen[name] = true
	}
	for _, r := range p.Suites {
		if r.Match.isZero() {
			return fmt.Errorf("suites of check %q: nothing to match", r.Check)
		}
	}
	return nil
}

// rows yields all rules, each with a name that must be unique. A check has one rule, among the checks or the suites.
func (p *Policy) rows() func(yield func(string, Rule) bool) {
	return func(yield func(string, Rule) bool) {
		for _, r := range p.Versions {
			if !yield("version "+r.Version.String(), r.Rule) {
				return
			}
		}
		for _, r := range p.Suites {
			if !yield("check "+r.Check, r.Rule) {
				return
			}
		}
		for _, r := range p.Keys {
			if !yield(fmt.Sprintf("%s keys below %d bits", r.Kind, r.Below), r.Rule) {
				return
			}
		}
		for _, r := range p.Checks {
			if !yield("check "+r.Check, r.Rule) {
				return
			}
		}
	}
}
