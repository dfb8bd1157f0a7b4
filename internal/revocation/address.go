package revocation

import (
	"fmt"
	"net/netip"
	"syscall"

	"github.com/mailtls/mailtls/internal/public"
)

// onlyPublic refuses to connect elsewhere than to the ports of HTTP at public addresses. It is called with the address
// itself, after the name was looked up, so that no name can lead astray.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return fmt.Errorf("address %q: %w", address, err)
	case !public.Address(a.Addr()):
		return fmt.Errorf("%v is no public address", a.Addr())
	case a.Port() != 80 && a.Port() != 443:
		return fmt.Errorf("port %d is not one of HTTP", a.Port())
	}
	return nil
}
