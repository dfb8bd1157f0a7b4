package main

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// advised is the word for all that the policy objects to.
const advised = "advised"

// changes is a flag that takes names of changes.
type changes struct{ names []string }

func (c *changes) String() string { return strings.Join(c.names, ",") }

// Type is shown in the help as what the flag takes.
func (c *changes) Type() string { return "list" }

func (c *changes) Set(s string) error {
	for name := range strings.SplitSeq(s, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, ok := client.ChangeNamed(name); !ok && name != advised {
			if near, ok := spell.Nearest(name, changeNames()); ok {
				return fmt.Errorf("%q is not known: did you mean %s?", name, near)
			}
			return fmt.Errorf("%q is not known: want some of %s", name, strings.Join(changeNames(), ", "))
		}
		c.names = append(c.names, name)
	}
	return nil
}

func changeNames() []string {
	var names []string
	for _, c := range client.Changes() {
		names = append(names, c.Name)
	}
	return append(names, advised)
}

// in gives the changes that the names mean for a server: advised are those that p asks for, as it is at the time of the
// evidence.
func (c *changes) in(e report.Endpoint, p *policy.Policy) []client.Change {
	var out []client.Change
	for _, name := range c.names {
		if change, ok := client.ChangeNamed(name); ok {
			out = append(out, change)
		} else {
			out = append(out, client.AsAdvised(p.At(e.At), e.Judged.Role))
		}
	}
	return out
}

// sorted tells whether a server is seen to accept anything that list, which in gave, would end. Open are the names of those of which it is
// not known if it does, and idle of the others that would change nothing.
func (c *changes) sorted(list []client.Change, e *evidence.Endpoint) (touched bool, open, idle []string) {
	for i, change := range list {
		switch {
		case change.Touches(e):
			touched = true
		case change.Open(e):
			open = append(open, c.names[i])
		default:
			idle = append(idle, c.names[i])
		}
	}
	return touched, open, idle
}
