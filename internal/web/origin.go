package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// from is the address that a request comes from. Of one that a proxy passes on, in a network that was named, it is what the proxy says, which
// is last; and so on, if that is a proxy again. What is before that, whoever asks can have written.
func (s *server) from(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if told[0] != "" && !s.isProxy(peer.Addr()) && nearby(peer.Addr()) {
		s.unbelieved.Do(func() {
			s.Log.Warn("a proxy tells for whom it asks, and is not believed: --proxy names its network", "proxy", peer.Addr())
		})
	}
	at := peer.Addr()
	for _, text := range slices.Backward(told) {
		next, ok := forwarded(text)
		if !ok || !s.isProxy(at) {
			break
		}
		at = next
	}
	if at == peer.Addr() {
		return r.RemoteAddr
	}
	return net.JoinHostPort(at.String(), "0")
}

// forwarded reads an address of X-Forwarded-For, with or without a port.
func forwarded(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr(), true
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a, err == nil
}

// isProxy reports whether what comes from a tells truly whom it asks for. Of this machine that has to be named, too: a tunnel, or a proxy that
// passes the header on as it comes, would let whoever asks choose whom to be taken for.
func (s *server) isProxy(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// nearby reports whether a is of this machine or its network, where one's own proxies are.
func nearby(a netip.Addr) bool { return a.Unmap().IsLoopback() || a.Unmap().IsPrivate() }
