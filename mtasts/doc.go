// Package mtasts reads MTA-STS records and policies, and matches mail exchangers against them (RFC 8461). It looks nothing up and
// fetches nothing.
package mtasts
