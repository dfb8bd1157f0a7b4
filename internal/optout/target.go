package optout

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/resolve"
)

// Label begins the name of the TXT record by which a domain says that it wants no scans. Its text begins with [Word], since a
// wildcard may give that name any record.
const (
	Label = "_mailtls-optout"
	Word  = "optout"
)

// patience is how long the DNS may take.
const patience = 10 * time.Second

// Target says why a target is left alone: it, or a domain that it is in, is listed or says so in the DNS; nil if not. An answer that does not
// come says nothing: the scan would have to do without the DNS as well, and is to tell that.
func (l *List) Target(ctx context.Context, r resolve.Resolver, target string) error {
	host := hostOf(target)
	if a, err := netip.ParseAddr(host); err == nil {
		return l.Address(a)
	}
	return l.Host(ctx, r, host)
}

// Host is Target for the name of a host, which the DNS of a domain may have led to.
func (l *List) Host(ctx context.Context, r resolve.Resolver, host string) error {
	names := resolve.Above(strings.ToLower(strings.TrimSuffix(host, ".")))
	for _, name := range names {
		if l.names[name] {
			return fmt.Errorf("%s is left alone: %w", name, ErrListed)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, name := range names {
		if says(ctx, r, name) {
			return fmt.Errorf("%s is left alone: it says in the DNS, by a TXT record of %s.%s, that it wants no scans", name, Label, name)
		}
	}
	return nil
}

func says(ctx context.Context, r resolve.Resolver, name string) bool {
	a, err := r.Lookup(ctx, Label+"."+name+".", resolve.TXT)
	if err != nil {
		return false
	}
	for _, text := range a.Texts() {
		if text = strings.ToLower(strings.TrimSpace(text)); text == Word || strings.HasPrefix(text, Word+" ") {
			return true
		}
	}
	return false
}

// hostOf is the domain or the host of a target.
func hostOf(target string) string {
	if mailtls.IsDomain(target) {
		if name, _, err := discover.Name(target); err == nil {
			return name
		}
	}
	t, err := mailtls.ParseTarget(target)
	if err != nil {
		return target
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(t.Host, "[]"), "."))
}
