package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// FactChange is a fact that is different. Text of the server is raw in it.
type FactChange struct {
	Fact    string   `json:"fact"`
	Added   []string `json:"added,omitempty"`   // is so now, and was known not to be
	Removed []string `json:"removed,omitempty"` // was so, and is known not to be now
	Known   string   `json:"known,omitempty"`   // how far it is known, if that is different: "known, now partial: timeout"
}

// factChanges compares all facts by their form in JSON, so that none can be forgotten.
func factChanges(o, n *evidence.Endpoint) []FactChange {
	var out []FactChange
	older, newer := factsOf(o), factsOf(n)
	for _, k := range evidence.Keys() {
		if c, ok := factChange(k.Name, older[k.Name], newer[k.Name]); ok {
			out = append(out, c)
		}
	}
	return out
}

// said is what a fact says, as words that can be compared.
type said struct {
	state       evidence.State
	why         string
	words, open []string

	openTo func(word string) bool // reports whether word may be so though it is not among words, beside what is open
}

// decides reports whether s tells that word is not so if it does not say it. What is open of a Partial fact, its Open tells;
// if that is empty, anything may be.
func (s said) decides(word string) bool {
	if s.openTo != nil && s.openTo(word) {
		return false
	}
	return s.state == evidence.Known || s.state == evidence.Inapplicable || s.state == evidence.Partial && len(s.open) > 0 && !slices.Contains(s.open, word)
}

func factChange(name string, o, n said) (FactChange, bool) {
	c := FactChange{Fact: name}
	for _, w := range n.words {
		if !slices.Contains(o.words, w) && o.decides(w) {
			c.Added = append(c.Added, w)
		}
	}
	for _, w := range o.words {
		if !slices.Contains(n.words, w) && n.decides(w) {
			c.Removed = append(c.Removed, w)
		}
	}
	if o.state != n.state {
		c.Known = o.state.String() + ", now " + n.state.String()
		if n.why != "" {
			c.Known += ": " + n.why
		}
	}
	return c, len(c.Added)+len(c.Removed) > 0 || c.Known != ""
}

// factsOf are the facts of an endpoint in words, by their names.
func factsOf(e *evidence.Endpoint) map[string]said {
	var raw map[string]struct {
		State       evidence.State
		Why         string
		Value, Open any
	}
	b, err := json.Marshal(&e.Facts)
	if err == nil {
		err = json.Unmarshal(b, &raw)
	}
	if err != nil {
		return nil // which no facts that were read come to
	}
	out := make(map[string]said)
	for name, f := range raw {
		s := said{state: f.State, why: f.Why, words: flatten("", f.Value), open: flatten("", f.Open)}
		switch name {
		case evidence.KeyCertificates.Name:
			s.words, s.open = leaves(e), nil
		case evidence.KeyGreeting.Name:
			s.words = labelledWords("", timeless(e.Facts.Greeting.Value))
		}
		out[name] = s
	}
	return out
}

// volatile lists members that differ from scan to scan of the same server, or repeat what others say.
func volatile() []string {
	return []string{"lines", "dh_handshakes", "ecdh_handshakes", "key_name", "p", "g", "suites", "length"}
}

// flatten turns a value of JSON into words: a list into its members, an object into "name: member".
func flatten(prefix string, v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, x := range v {
			if o, ok := x.(map[string]any); ok { // such as a group with its attributes: one word
				out = append(out, prefix+strings.Join(flatten("", o), ", "))
			} else {
				out = append(out, flatten(prefix, x)...)
			}
		}
		return out
	case map[string]any:
		var names, out []string
		for name := range v {
			if !slices.Contains(volatile(), name) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, flatten(prefix+name+": ", v[name])...)
		}
		return out
	}
	return []string{prefix + fmt.Sprint(v)}
}

// leaves are the servers' own certificates.
func leaves(e *evidence.Endpoint) []string {
	var out []string
	for _, chain := range e.Facts.Certificates.Value {
		if len(chain.Certificates) == 0 {
			continue
		}
		id, c := chain.Certificates[0], e.Blobs.Certificates[chain.Certificates[0]]
		word := id
		if c != nil {
			word = fmt.Sprintf("%s, %s, until %s (SHA-256 %.16s)", owner(c), key(c.PublicKey), c.NotAfter.UTC().Format(time.DateOnly), c.SHA256)
		}
		out = union(out, []string{word})
	}
	return out
}

// stamps are the parts of greetings that are new each time: dates as in RFC 5322, as Exim gives them, and the timestamps of
// APOP (RFC 1939, Section 7).
var stamps = regexp.MustCompile(`(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} [0-9:]{5,8}(?: [+-]\d{4})?|<[0-9][^ <>]*@[^ <>]*>`)

// timeless is a greeting without what is new each time.
func timeless(greeting string) string { return stamps.ReplaceAllString(greeting, "…") }
