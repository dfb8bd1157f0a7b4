// Package dnstest makes signed zones, and serves them by real name servers on loopback, for tests: what the validator says of
// them is held against what Unbound says.
package dnstest
