package mailtls

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

func TestNoAddress(t *testing.T) {
	_, other := net.ResolveIPAddr("ip6", "127.0.0.1") // as for a name that the hosts file has an IPv4 address of
	for _, c := range []struct {
		err       error
		ipVersion int
		want      string
	}{
		{&net.DNSError{IsNotFound: true}, 0, "the DNS knows no address of this host: is its name spelled right?"},
		{&net.DNSError{IsNotFound: true}, 4, "the DNS knows no IPv4 address of this host: does it have one, and is its name spelled right?"},
		{&net.DNSError{IsTimeout: true, Err: "i/o timeout"}, 0, "the DNS does not answer: does this machine reach its name server?"},
		{&net.DNSError{Err: "server misbehaving", Server: "192.0.2.1:53"}, 0, "the DNS gives no answer about this host: server misbehaving"},
		{&net.DNSError{UnwrapErr: context.Canceled}, 0, "the scan was interrupted"},
		{other, 6, "this host has no IPv6 address, only IPv4: scan it without asking for IPv6 alone"},
		{errors.New("no resolver"), 0, "the host's addresses cannot be looked up: no resolver"},
	} {
		if got := noAddress(c.err, c.ipVersion); got != c.want {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
}

// TestResolver tells who gave the address: nobody for an address, the caller, or this machine.
func TestResolver(t *testing.T) {
	for _, c := range []struct {
		host string
		cfg  Config
		want string
	}{
		{"127.0.0.1", Config{}, ""},
		{"[::1]", Config{}, ""},
		{"mail.example.org", Config{IP: "127.0.0.1"}, evidence.AddressGiven},
		{"localhost", Config{IPVersion: 4}, evidence.SystemResolver},
	} {
		if list, got, why := addressesOf(t.Context(), c.host, &c.cfg); got != c.want || len(list) == 0 || why != "" {
			t.Errorf("%s: %v by %q (%s), want %q", c.host, list, got, why, c.want)
		}
	}
}
