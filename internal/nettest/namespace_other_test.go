//go:build !linux

package nettest

import "testing"

// network would set up the network of this process.
func network(t *testing.T, client string, addresses []string) {
	t.Helper()
	t.Skip("there are network namespaces on Linux alone")
}
