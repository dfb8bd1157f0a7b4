// Package policy holds opinions as data: which protocol versions, cipher suites, key sizes and other findings are fine
// for a mail server, which deserve a warning, and which are a failure, each with the clause of the document that says so.
//
// A [Policy] is read from JSON, strictly: an unknown field, value or name is an error. [Named] returns one of those
// built in, [Load] reads one from elsewhere. The package judges nothing by itself: package check asks it for the
// [Ruling] on what was seen, and package report makes a grade of the caps.
//
// A row names what it is about by its attributes (versions, suites, keys), by the check that looks for it, or one by one, in
// a [List]; a list may also have all that no other has, so that a policy can allow and forbid the rest. A row may hold from
// one day until another: [Policy.At] is the policy as it is at a time.
//
// # One scale
//
// Every source has its own words. What severity they become is one table, in docs/policies.md. The severities are then
// weighed for the two roles of a mail server. To a [Relay], encryption is opportunistic: the alternative to
// weak encryption is none (RFC 7435; RFC 9325, Section 5.2). Over [Access], passwords travel and the client knows whom
// it talks to (RFC 8314).
package policy
