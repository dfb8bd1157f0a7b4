package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/spell"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }

// Type is shown in the help as what the flag takes.
func (c *choice) Type() string { return strings.Join(c.words, "|") }

func (c *choice) Set(s string) error {
	if slices.Contains(c.words, s) {
		c.value = s
		return nil
	}
	if near, ok := spell.Nearest(s, c.words); ok {
		return fmt.Errorf("did you mean %s?", near)
	}
	return fmt.Errorf("want %s", strings.Join(c.words, " or "))
}

// span is a flag that takes a length of time within bounds.
type span struct {
	value    time.Duration
	min, max time.Duration
}

func (d *span) String() string { return d.value.String() }
func (d *span) Type() string   { return "time" }

func (d *span) Set(s string) error {
	v, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return errors.New("want a number with its unit, such as 10s, 500ms or 2m")
	case v < d.min, v > d.max:
		return fmt.Errorf("want %s to %s", d.min, d.max)
	}
	d.value = v
	return nil
}

// number is a flag that takes a whole number within bounds.
type number struct {
	value    int
	min, max int
}

func (n *number) String() string { return fmt.Sprint(n.value) }
func (n *number) Type() string   { return "n" }

func (n *number) Set(s string) error {
	var v int
	var rest string
	if read, _ := fmt.Sscanf(s, "%d%s", &v, &rest); read != 1 || v < n.min || v > n.max {
		return fmt.Errorf("want a number from %d to %d", n.min, n.max)
	}
	n.value = v
	return nil
}

// address is a flag that takes an IP address.
type address struct{ value netip.Addr }

func (a *address) String() string {
	if !a.value.IsValid() {
		return ""
	}
	return a.value.String()
}
func (a *address) Type() string { return "address" }

func (a *address) Set(s string) error {
	v, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return errors.New("want an IP address such as 192.0.2.1 or 2001:db8::1")
	}
	a.value = v
	return nil
}

// hostName is a flag that takes the name of a host.
type hostName struct{ value string }

func (h *hostName) String() string { return h.value }
func (h *hostName) Type() string   { return "name" }

func (h *hostName) Set(s string) error {
	bad := strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._", r))
	})
	if s == "" || bad || len(s) > 253 {
		return errors.New("want a host name such as mail.example.org")
	}
	h.value = s
	return nil
}

// fileNames is a flag that takes the name of a file, as often as one likes.
type fileNames struct{ names []string }

func (f *fileNames) String() string { return strings.Join(f.names, ",") }

// Type is shown in the help as what the flag takes.
func (f *fileNames) Type() string { return "file" }

func (f *fileNames) Set(s string) error {
	if s == "" {
		return errors.New("want the name of a file")
	}
	f.names = append(f.names, s)
	return nil
}

// fileName is a flag that takes the name of a file.
type fileName struct{ value string }

func (f *fileName) String() string { return f.value }
func (f *fileName) Type() string   { return "file" }

func (f *fileName) Set(s string) error {
	if s == "" {
		return errors.New("want the name of a file")
	}
	f.value = s
	return nil
}
