package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
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
		return nil, fmt.Errorf("unknown policy %q: want one of %s", name, strings.Join(Names(), ", "))
	}
	b, err := data.ReadFile("data/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading policy %q: %w", name, err)
	}
	return Load(bytes.NewReader(b))
}

// Load reads a policy as JSON. Anything it does not know, and any row without a clause, is an error, which names the line
// and the row. So is a text of more than [MaxSize] bytes.
func Load(r io.Reader) (*Policy, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a policy: %w", err)
	case len(text) > MaxSize:
		return nil, fmt.Errorf("reading a policy: it is larger than %d kB", MaxSize>>10)
	}
	p := new(Policy)
	lines, err := read(text, p)
	if err != nil {
		return nil, fmt.Errorf("reading a policy: %w", err)
	}
	if err := p.validate(); err != nil {
		row, _, _ := strings.Cut(err.Error(), ":")
		if line, ok := lines[row]; ok {
			return nil, fmt.Errorf("policy %q: line %d: %w", p.Name, line, err)
		}
		return nil, fmt.Errorf("policy %q: %w", p.Name, err)
	}
	hash := sha256.Sum256(text)
	p.lines = lines
	p.SHA256, p.text = hex.EncodeToString(hash[:]), text
	return p, nil
}

func (p *Policy) validate() error {
	if p.Name == "" || p.Version == "" || p.Source == "" {
		return errors.New("line 1: name, version and source must be set")
	}
	if p.ExpiringDays < 0 {
		return errors.New("expiring_days: a number of days cannot be negative")
	}
	seen := make(map[string]bool)
	for row := range p.Rows() {
		if err := row.validate(); err != nil {
			return fmt.Errorf("%s[%d]: %s: %w", row.Field, row.Index, row.ID, err)
		}
		if seen[row.ID] {
			return fmt.Errorf("%s[%d]: %s: twice", row.Field, row.Index, row.ID)
		}
		seen[row.ID] = true
	}
	for i, r := range p.Suites {
		if r.Match.isZero() {
			return fmt.Errorf("suites[%d]: %s: nothing to match", i, r.Check)
		}
	}
	for i, r := range p.Lifetimes {
		if r.Above <= 0 {
			return fmt.Errorf("lifetimes[%d]: above must be a number of days", i)
		}
	}
	return cmp.Or(listed("suite_lists", p.SuiteLists), listed("group_lists", p.GroupLists), listed("signature_lists", p.SignatureLists),
		listed("extension_lists", p.ExtensionLists), listed("dh_lists", p.DHLists), listed("cert_key_lists", p.CertKeyLists),
		listed("cert_signed_lists", p.CertSignedLists), p.names())
}

func (r Row) validate() error {
	switch {
	case r.ID == "":
		return errors.New("no id")
	case r.Rule.Clause == "":
		return errors.New("no clause")
	case r.Rule.Both != (Ruling{}) && (r.Rule.Relay != (Ruling{}) || r.Rule.Access != (Ruling{})):
		return errors.New("both excludes relay and access")
	case !r.Rule.From.IsZero() && !r.Rule.Until.IsZero() && r.Rule.Until.day.Before(r.Rule.From.day):
		return errors.New("until is before from")
	}
	return nil
}

// listed returns what is wrong with the first list that makes no sense.
func listed[T comparable](field string, lists []List[T]) error {
	for i, l := range lists {
		wrong := ""
		switch {
		case l.Need != NeedNone && l.Need != NeedAny && l.Need != NeedAll:
			wrong = fmt.Sprintf("need %q: want any or all", l.Need)
		case l.Others && (len(l.Of) > 0 || l.Need != NeedNone):
			wrong = "others excludes of and need"
		case !l.Others && len(l.Of) == 0:
			wrong = "want of or others"
		}
		if wrong != "" {
			return fmt.Errorf("%s[%d]: %s: %s", field, i, l.ID, wrong)
		}
	}
	return nil
}
