package mailtls

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// selection returns what is wrong with the checks that are named, for the scan of a server or of a whole domain.
func (c *Config) selection(domain bool) error {
	about := ""
	for _, list := range [][]string{c.Only, c.Skip} {
		for _, id := range list {
			x, ok := check.ByID(id)
			if !ok {
				return fmt.Errorf("no check is called %q", id)
			}
			if x.Scope == check.Domain {
				about = id
			}
		}
	}
	all := check.All()
	if domain {
		all = append(all, check.Domains()...)
	}
	if slices.ContainsFunc(all, func(x check.Check) bool { return check.Selected(x.ID, c.Only, c.Skip) }) {
		return nil
	}
	if len(c.Only) > 0 && about != "" {
		return fmt.Errorf("the check %s is about a whole domain, not about one server", about)
	}
	return errors.New("all checks are left out")
}

// quick reports whether the scan asks for less than all there is: where some checks alone are asked for, if that decides them.
func (c *Config) quick() bool {
	return c.Quick || len(c.Only) > 0 && check.Quickly(check.NeedsOf(c.Only...))
}

// mailPolicy is the policy mail. To read it takes longer than to judge by it.
func (c *Config) mailPolicy() (*policy.Policy, error) {
	if c.mail != nil {
		return c.mail, nil
	}
	return policy.Named(policy.Mail)
}

// needs are the facts that a scan asks for which does not ask for all: those that can change the verdict or the grade of a
// server with that role, or that the chosen checks read; and those that the rows of policies read at that time.
func (c *Config) needs(role policy.Role, at time.Time) ([]evidence.Need, error) {
	mail, err := c.mailPolicy()
	if err != nil {
		return nil, err
	}
	list := check.Needs(mail, role, c.Skip...)
	if len(c.Only) > 0 {
		list = nil
		for _, id := range c.Only {
			if check.Selected(id, c.Only, c.Skip) {
				list = append(list, check.NeedsOf(id)...)
			}
		}
	}
	return append(list, c.rows(at)...), nil
}

// rows are the facts that the rows of policies read at that time.
func (c *Config) rows(at time.Time) []evidence.Need {
	var list []evidence.Need
	for _, p := range c.Policies {
		list = append(list, check.RowNeeds(p.At(at), c.Skip...)...)
	}
	return list
}

// spared are the facts that nobody reads, since checks are left out.
func (c *Config) spared() []*evidence.Key {
	if len(c.Only)+len(c.Skip) == 0 {
		return nil
	}
	return check.Spared(c.Only, c.Skip, c.rows(time.Now()))
}
