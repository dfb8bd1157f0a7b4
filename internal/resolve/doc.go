// Package resolve asks the DNS, by way of a recursive resolver, and says of each answer whether DNSSEC vouches for it.
//
// It never iterates itself. In mode [Local] the resolver is asked for signatures (DO) and not to check them (CD), and every
// chain is built here, from the root's trust anchor down (RFC 4033 to 4035, 5155, 6840). In mode [Trust] the word of the
// resolver counts (the AD bit), as it does for a mail server that has one on its own machine (RFC 7672, Section 2.1.1).
// What an answer costs to check is bounded, since a zone can be made so that checking never ends (CVE-2023-50387,
// CVE-2023-50868).
package resolve
