package optout

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/mailtls/mailtls/internal/discover"
)

// List is whom the operator of a service leaves alone. The zero value is empty.
type List struct {
	names    map[string]bool // in A-labels, with all below them
	networks []netip.Prefix
}

// maxLine is how long a line may be, in bytes, and maxEntries how many there may be.
const (
	maxLine    = 4096
	maxEntries = 1_000_000
)

// Read reads a list: on each line the name of a domain or a host, an address, or a network; # begins a comment.
func Read(r io.Reader) (*List, error) {
	l := &List{names: make(map[string]bool)}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 1
	for ; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if len(l.names)+len(l.networks) == maxEntries {
			return nil, fmt.Errorf("line %d: there are more than %d entries", n, maxEntries)
		}
		if err := l.add(text); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n, err)
	}
	return l, nil
}

func (l *List) add(text string) error {
	if p, err := netip.ParsePrefix(text); err == nil {
		switch {
		case p.Addr().Is4In6():
			return fmt.Errorf("%q: a network of IPv4 is written as 192.0.2.0/24", text)
		case p != p.Masked():
			return fmt.Errorf("%q is no network: did you mean %v?", text, p.Masked())
		}
		l.networks = append(l.networks, p)
		return nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		l.networks = append(l.networks, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		return nil
	}
	name, _, err := discover.Name(text)
	if err != nil {
		return fmt.Errorf("%.100q: %w", text, err)
	}
	l.names[name] = true
	return nil
}

// ErrListed is why an address is left alone.
var ErrListed = errors.New("whoever runs it wants no scans by this service")

// Address returns ErrListed for an address that is listed.
func (l *List) Address(a netip.Addr) error {
	for _, p := range l.networks {
		if p.Contains(a.Unmap()) {
			return ErrListed
		}
	}
	return nil
}
