package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/mailtls/mailtls/internal/resolve"
)

// By a TXT record of that name below its own a domain shows which account may watch it and what is below it: "account=", and the code of the account.
// There may be several, and one may have several such words.
const (
	proofLabel = "_mailtls"
	proofWord  = "account="
)

// Record is the line of a zone file by which a name shows that the account with that code may watch it.
func Record(name, code string) string {
	return fmt.Sprintf(`%s.%s. TXT "%s%s"`, proofLabel, name, proofWord, code)
}

// Prove asks the DNS whether the account with that code may watch a host, and says why it may not as far as anybody knows. What has no answer proves nothing.
func Prove(ctx context.Context, r resolve.Resolver, host, code string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return fmt.Errorf("%s is an address, which no domain can vouch for: watch the server by its name", host)
	}
	var open []error
	for _, name := range resolve.Above(host) {
		a, err := r.Lookup(ctx, proofLabel+"."+name+".", resolve.TXT)
		if err == nil && a.Status == resolve.Bogus {
			err = errors.New(a.Why)
		}
		if err != nil {
			open = append(open, fmt.Errorf("the DNS did not say whether there is a TXT record of %s.%s: %w", proofLabel, name, err))
			continue
		}
		for _, text := range a.Texts() {
			if shows(text, code) {
				return nil
			}
		}
	}
	if len(open) > 0 {
		return errors.Join(open...)
	}
	return fmt.Errorf("the DNS has no such record for %s", host)
}

func shows(text, code string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ';' || r == '\t' }) {
		if got, ok := strings.CutPrefix(strings.ToLower(word), proofWord); ok && code != "" && strings.EqualFold(got, code) {
			return true
		}
	}
	return false
}
