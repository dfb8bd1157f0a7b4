// Package policy holds opinions as data: which protocol versions, cipher suites, key sizes and other findings are fine
// for a mail server, which deserve a warning, and which are a failure, each with the clause of the document that says so.
//
// A [Policy] is read from JSON, strictly: an unknown field, value or name is an error. [Named] returns one of those
// built in, [Load] reads one from elsewhere. The package judges nothing by itself: package check asks it for the
// [Ruling] on what was seen, and package report makes a grade of the caps.
//
// # One scale
//
// Every source has its own words. They become severities so:
//
//	severity  RFC 2119 words   NCSC-NL        research (CVE severity)
//	ok        MAY, SHOULD      good           -
//	note      -                sufficient     info
//	warn      SHOULD NOT       phase-out      low, medium
//	fail      MUST NOT         insufficient   high, critical
//
// and are then weighed for the two roles of a mail server. To a [Relay], encryption is opportunistic: the alternative to
// weak encryption is none (RFC 7435; RFC 9325, Section 5.2). Over [Access], passwords travel and the client knows whom
// it talks to (RFC 8314).
package policy
